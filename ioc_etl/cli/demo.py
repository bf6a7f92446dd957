"""`ioc-etl demo`: real office files, the scheduled flow, and what to try next."""

import os
import shutil
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path
from shlex import quote

from ioc_etl.adapters.clock import DEMO_DAY
from ioc_etl.adapters.settings import CENTRES, DATABASE_URL, HOME, INPUT, POLICY
from ioc_etl.cli.console import note, say
from ioc_etl.cli.run import show
from ioc_etl.cli.wiring import services_of
from ioc_etl.core.month import month_code
from ioc_etl.demo.write import DemoPaths, write_demo
from ioc_etl.errors import IocEtlError, SourceError
from ioc_etl.pipeline.month import run as run_month
from ioc_etl.pipeline.overview import latest_report
from ioc_etl.pipeline.reports import write_reports
from ioc_etl.pipeline.result import COMPLETED, INCOMPLETE
from ioc_etl.pipeline.services import Services

_LAST_LINES = 12
_ONLY_OWNER = 0o700
MONTHS = (date(2022, 1, 1), date(2022, 2, 1))
DAY = date(2022, 3, 10)
"""On which the demo lives: its rosters have come, its pay dates are not past, its budget year has not ended."""


def demo(folder: Path, *, with_prefect: bool) -> int:
    """Write the files, run both months, show them, say what to try."""
    folder = folder.absolute()
    _keep_apart(folder)
    try:
        paths = write_demo(folder / "input")
    except OSError as error:
        raise SourceError(f"{folder} cannot be written: {error.strerror}") from error
    _live_on(DAY, folder / "home")
    services = services_of(str(paths.root))
    say(f"Ngày của dữ liệu mẫu / The demo's day: {DAY:%d/%m/%Y}")
    say(f"Hồ sơ mẫu của bốn Trung tâm, hai tháng / Rosters of four centres, two months: {paths.root}")
    if with_prefect:
        _run_flow(paths, folder / "prefect.log")
    else:
        for month in MONTHS:
            run_month(services, month)
    for month in MONTHS:
        say()
        written = write_reports(services, month, folder / "reports")
        show(latest_report(services, month), written, "vi")
    _what_next(paths, services)
    return 0


def _keep_apart(folder: Path) -> None:
    """Invented people never reach a real database: the demo has a home, a policy and centres of its own."""
    for name in (DATABASE_URL, POLICY, CENTRES):
        os.environ.pop(name, None)
    os.environ[HOME] = str(folder / "home")


def _live_on(day: date, home: Path) -> None:
    """Every command with this home lives on that day (`ioc_etl.adapters.clock.clock_of`)."""
    try:
        home.mkdir(mode=_ONLY_OWNER, parents=True, exist_ok=True)
        (home / DEMO_DAY).write_text(f"{day.isoformat()}\n", "utf-8")
    except OSError as error:
        raise SourceError(f"{home} cannot be written: {error.strerror}") from error


def _run_flow(paths: DemoPaths, log: Path) -> None:
    """The scheduled flow, by a worker, from a deployment: everything as it runs every morning."""
    note(
        f"Prefect: máy chủ, lịch và worker đang chạy hai tháng / server, schedules and worker run both months ({log}) …"
    )
    months = [part for month in MONTHS for part in ("--run", month_code(month))]
    with log.open("wb") as stream:
        done = subprocess.run(
            [sys.executable, "-m", "flows.serve", "--port", str(_free_port()), *months],
            env={**os.environ, INPUT: str(paths.root)},
            check=False,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    if done.returncode not in {COMPLETED, INCOMPLETE}:
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]:
            note(line)
        raise IocEtlError(f"the Prefect flow failed, see {log}; `ioc-etl demo --no-prefect` runs without it")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _what_next(paths: DemoPaths, services: Services) -> None:
    program = "ioc-etl" if shutil.which("ioc-etl") else quote(str(Path(sys.executable).parent / "ioc-etl"))
    say()
    say("Thử tiếp / Try next:")
    say(f"  export {HOME}={quote(str(services.settings.home))} {INPUT}={quote(str(paths.root))}")
    for command, told in (
        ("explain 2022-02", "vì sao một người được hay không được chi (hỏi số căn cước) / why a person is paid or not"),
        (f"check {quote(str(paths.rosters / '2022-02' / 'dong-xoai.xlsx'))}", "Trung tâm tự kiểm tra / a pre-flight"),
        ("run 2022-02", "chạy lại: không có gì thay đổi / again: nothing changes"),
        ("status", "từng Trung tâm, từng tháng / every centre and month"),
    ):
        say(f"  {program} {command}   # {told}")
    say("  # hồ sơ đến muộn / the late roster:")
    say(f"  cp {quote(str(paths.late_file))} {quote(str(paths.late_goes_to))} && {program} run 2022-02")
    say(f"  {program} db stop   # dừng PostgreSQL nhúng / stop the embedded PostgreSQL")
    say(f"  {program} db stop --remove   # dừng và xóa cơ sở dữ liệu mẫu / stop it and delete the demo's database")

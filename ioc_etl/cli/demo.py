"""`ioc-etl demo`: real office files, the scheduled flow, and what to try next."""

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

from ioc_etl.cli.console import note, say
from ioc_etl.cli.run import show
from ioc_etl.cli.wiring import services_of
from ioc_etl.core.month import month_code
from ioc_etl.demo.write import DemoPaths, write_demo
from ioc_etl.errors import IocEtlError, SourceError
from ioc_etl.pipeline.month import run as run_month
from ioc_etl.pipeline.overview import latest_report
from ioc_etl.pipeline.reports import write_reports
from ioc_etl.pipeline.services import Services

MONTHS = (date(2022, 1, 1), date(2022, 2, 1))


def demo(folder: Path, *, with_prefect: bool) -> int:
    """Write the files, run both months, show them, say what to try."""
    folder = folder.absolute()
    os.environ.setdefault("IOC_ETL_HOME", str(folder / "home"))
    try:
        paths = write_demo(folder / "input")
    except OSError as error:
        raise SourceError(f"{folder} cannot be written: {error.strerror}") from error
    services = services_of(str(paths.root))
    say(f"Hồ sơ mẫu của bốn Trung tâm, hai tháng / Rosters of four centres, two months: {paths.root}")
    if with_prefect:
        _run_flow(paths)
    else:
        for month in MONTHS:
            run_month(services, month)
    for month in MONTHS:
        say()
        written = write_reports(services, month, folder / "reports")
        show(latest_report(services, month), written, "vi")
    _what_next(paths, services, folder)
    return 0


def _run_flow(paths: DemoPaths) -> None:
    """The scheduled flow, by a worker, from a deployment: everything as it runs every morning."""
    note("Prefect: máy chủ, lịch và worker đang khởi động / server, schedules and worker are starting …")
    months = [part for month in MONTHS for part in ("--run", month_code(month))]
    environment = {**os.environ, "IOC_ETL_INPUT": str(paths.root)}
    done = subprocess.run(
        [sys.executable, "-m", "flows.serve", *months], env=environment, check=False, stdout=sys.stderr
    )
    if done.returncode not in {0, 3}:
        raise IocEtlError("the Prefect flow failed; its log stands above. `ioc-etl demo --no-prefect` runs without it")


def _what_next(paths: DemoPaths, services: Services, folder: Path) -> None:
    program = "ioc-etl" if shutil.which("ioc-etl") else f"{Path(sys.executable).parent / 'ioc-etl'}"
    late = f"{paths.late_file.relative_to(folder)} → {paths.late_goes_to.relative_to(folder)}"
    say()
    say("Thử tiếp / Try next:")
    say(f"  export IOC_ETL_HOME={services.settings.home} IOC_ETL_INPUT={paths.root}")
    say(f"  {program} explain 2022-02            # vì sao một người được hay không được chi (hỏi số căn cước)")
    say(f"  {program} check {paths.rosters}/2022-02/dong-xoai.xlsx")
    say(f"  {program} run 2022-02                # chạy lại: không có gì thay đổi")
    say(f"  cp {paths.late_file} {paths.late_goes_to} && {program} run 2022-02   # hồ sơ đến muộn")
    say(f"  {program} status                     # ({late})")
    say(f"  {program} db stop                    # dừng PostgreSQL nhúng")

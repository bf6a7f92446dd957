"""Two months that have been lived with: January approved and mended since, February submitted and changed since."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from ledger_steps import APPROVER, FINANCE, accounts, approve, batch_ids, confirm, export, submit
from program import ioc_etl

from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.services import Services
from tests.conftest import TEMPLATE, Database, fresh_database

INPUT = Path(__file__).parents[1] / "golden" / "input"
JANUARY, FEBRUARY = date(2022, 1, 1), date(2022, 2, 1)
DIRECT_VND = 2_235_000
LEAVES, JOINS = "042072185071", "062068720073"
"""Of Phước Long in January: one stood on the first roster and not on the second, the other the reverse."""


_PART_MONTH = Path(__file__).parents[2] / "ioc_etl" / "policy" / "parameters" / "part_month.yaml"


def services_of(database: Database, input_root: Path) -> Services:
    return Services(replace(database.settings, input_root=str(input_root)), database.clock)


def other_policy(services: Services, folder: Path) -> Services:
    """The same with another choice for parts of a month."""
    policy = folder / "policy"
    policy.mkdir(exist_ok=True)
    text = _PART_MONTH.read_text("utf-8").replace("value: calendar_days", "value: full_month")
    (policy / _PART_MONTH.name).write_text(text, "utf-8")
    return Services(replace(services.settings, policy_folder=policy), services.clock)


def rows(database: Database, query: str, **values: object) -> Sequence[sa.RowMapping]:
    with database.engine.connect() as connection:
        return connection.execute(sa.text(query), values).mappings().all()


def by_command(
    database: Database, services: Services, *arguments: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """The program with this database and this input, as people start it."""
    environment = {**database.environment, "IOC_ETL_INPUT": str(services.settings.input_root)}
    if services.settings.policy_folder is not None:
        environment["IOC_ETL_POLICY"] = str(services.settings.policy_folder)
    return ioc_etl(*arguments, environment=environment, stdin=stdin)


def roster(root: Path, month: date, name: str) -> Path:
    return root / "rosters" / f"{month:%Y-%m}" / name


def first_input(root: Path) -> Path:
    """What the centres sent first: in January one person is missing at Phước Long, and Bình Long altogether."""
    shutil.copytree(INPUT, root)
    roster(root, JANUARY, "binh-long.xlsx").unlink()
    without(root, JANUARY, JOINS)
    return root


def without(root: Path, month: date, citizen_id: str) -> None:
    """Phước Long's roster without somebody."""
    name = "phuoc-long.csv"
    whole = roster(INPUT, month, name).read_text("utf-8")
    lines = [line for line in whole.splitlines(keepends=True) if citizen_id not in line]
    roster(root, month, name).write_text("".join(lines), "utf-8")


def later_input(root: Path) -> None:
    """What they sent later: another January of Phước Long, Bình Long's at last; its February is a wrong file."""
    without(root, JANUARY, LEAVES)
    late = roster(INPUT, JANUARY, "binh-long.xlsx")
    shutil.copy(late, roster(root, JANUARY, late.name))
    shutil.copy(late, roster(root, FEBRUARY, late.name))
    february = roster(root, FEBRUARY, "phuoc-long.csv")
    february.write_text(february.read_text("utf-8").replace("Tạp vụ", "Phát triển"), "utf-8")


def live_two_months(database: Database, root: Path) -> Services:
    """January run, approved, in part exported and paid, one line returned; February run and submitted; then `later`."""
    services = services_of(database, first_input(root))
    run(services, JANUARY)
    accounts(database.engine)
    for batch in batch_ids(database.engine, "draft"):
        submit(database.engine, batch, FINANCE)
        approve(database.engine, batch, APPROVER)
    first, second, *_ = batch_ids(database.engine, "approved")
    export(database.engine, first)
    export(database.engine, second)
    confirm(database.engine, first)
    run(services, FEBRUARY)
    for batch in batch_ids(database.engine, "draft"):
        submit(database.engine, batch, FINANCE)
    later_input(root)
    return services_of(database, root)


@dataclass(frozen=True, slots=True)
class LivedIn:
    """A database and an input folder in that state, copied for each test that changes them."""

    server: EmbeddedServer
    name: str
    root: Path

    @contextmanager
    def copy(self, folder: Path, *, same_input: bool = False) -> Iterator[tuple[Database, Services]]:
        """A database of one's own, gone afterwards, and the input folder in `folder`, unless it is the same one."""
        root = self.root if same_input else Path(shutil.copytree(self.root, folder / "input"))
        with fresh_database(self.server, self.name, folder) as database:
            yield database, services_of(database, root)


@contextmanager
def lived_in(server: EmbeddedServer, folder: Path) -> Iterator[LivedIn]:
    """Live two months once."""
    with fresh_database(server, TEMPLATE, folder) as database:
        live_two_months(database, folder / "input")
        yield LivedIn(server, name_of(database), folder / "input")


def name_of(database: Database) -> str:
    """What the server calls it."""
    with database.engine.connect() as connection:
        return str(connection.exec_driver_sql("SELECT current_database()").scalar_one())

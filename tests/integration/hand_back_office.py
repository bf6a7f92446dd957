"""A finance office that hands February's rosters back, and the rosters that come in mended.

The golden files were mended in LibreOffice 7.4: February's roster of Đồng Xoài was handed back, opened there, four of
its five held rows were mended, and it was stored as xlsx, as ods, and as xlsx without the rows that were good.
"""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from ioc_etl.pipeline.calendar import calendar
from ioc_etl.pipeline.hand_back import HandedBack, hand_back
from ioc_etl.pipeline.hand_in import HandedIn, hand_in
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import OtherRows, RunStatus
from tests.conftest import Database
from tests.integration.ledger_steps import account

GOLDEN = Path(__file__).parents[1] / "golden"
MENDED, MENDED_ODS, PART = (
    GOLDEN / "office" / name
    for name in ("mended-by-libreoffice.xlsx", "mended-by-libreoffice.ods", "part-mended-by-libreoffice.xlsx")
)
TESTER = "nguoi-thu"
FEBRUARY = date(2022, 2, 1)


Outcomes = Mapping[int, tuple[str, int]]


class Office:
    """An input folder, a database, and what came of February."""

    def __init__(self, database: Database, root: Path) -> None:
        self._database, self._folder = database, root / "rosters" / "2022-02"
        self.services = Services(replace(database.settings, input_root=str(root)), database.clock)

    @classmethod
    def opened(cls, database: Database, root: Path) -> Self:
        """The sample input in a folder of its own and an empty database, with somebody who may work there."""
        shutil.copytree(GOLDEN / "input", root)
        for path in root.rglob("*"):
            path.chmod(0o755)
        account(database.engine, TESTER, "operator")
        return cls(database, root)

    def sends(self, content: bytes, name: str = "dong-xoai.xlsx") -> None:
        """Puts a file in the place of the centre's former one."""
        for path in self._folder.glob(f"{Path(name).stem}.*"):
            path.unlink()
        (self._folder / name).write_bytes(content)

    def runs(self, month: date = FEBRUARY) -> RunStatus:
        """Runs the month."""
        return run(self.services, month).status

    def gets_back(self, centre: str = "dong-xoai") -> HandedBack:
        """What `hand-back` writes."""
        return hand_back(self.services, FEBRUARY, centre)

    def says(self, others: OtherRows, *, reason: str = "Trung tâm gọi điện", centre: str = "dong-xoai") -> HandedIn:
        """What `hand-in` does."""
        return hand_in(self.services, FEBRUARY, centre, others=others, reason=reason, actor=TESTER)

    def next_steps(self, centre: str = "dong-xoai") -> tuple[str, ...]:
        """What `status` tells to do."""
        (cell,) = (each for each in calendar(self.services, FEBRUARY, FEBRUARY).cells if each.centre_code == centre)
        return cell.next_steps

    def outcomes(self, centre: str = "dong-xoai") -> Outcomes:
        """Outcome and amount by row."""
        rows = self.rows("SELECT * FROM state_payroll.row_outcome WHERE centre_code = :centre", centre=centre)
        return {row["source_row"]: (row["outcome"], row["amount_vnd"]) for row in rows}

    def earns(self, centre: str = "dong-xoai") -> int:
        """The centre's amount."""
        return sum(amount for _, amount in self.outcomes(centre).values())

    def file_codes(self, centre: str = "dong-xoai") -> set[str]:
        """Codes about the centre's files."""
        query = "SELECT code FROM state_payroll.exception_report WHERE centre_code = :centre AND level = 'file'"
        return {row["code"] for row in self.rows(query, centre=centre)}

    def rows(self, query: str, **values: object) -> list[sa.RowMapping]:
        """The rows of a query."""
        with self._database.engine.connect() as connection:
            return list(connection.execute(sa.text(query), values).mappings().all())


def held(outcomes: Outcomes) -> set[int]:
    return {row for row, (outcome, _) in outcomes.items() if outcome == "held"}

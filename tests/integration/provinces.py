"""The clean January of four centres in a folder of its own, for tests that spoil it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.result import RunReport
from ioc_etl.pipeline.services import Services
from tests.conftest import Database

INPUT = Path(__file__).parents[1] / "golden" / "input"
JANUARY = date(2022, 1, 1)
OTHERS_VND = {"tinh": 40_975_000, "dong-xoai": 20_115_000, "phuoc-long": 20_115_000}
BINH_LONG = "rosters/2022-01/binh-long.xlsx"
BINH_LONG_VND = 20_115_000


@dataclass(frozen=True)
class Province:
    """The clean January in a folder of its own, to be spoiled."""

    root: Path
    database: Database

    @classmethod
    def at(cls, root: Path, database: Database) -> "Province":
        shutil.copytree(INPUT, root)
        return cls(root, database)

    def path(self, name: str) -> Path:
        return self.root / name

    @property
    def services(self) -> Services:
        return Services(replace(self.database.settings, input_root=str(self.root)), self.database.clock)

    def run(self, month: date = JANUARY) -> RunReport:
        return run(self.services, month)

    def edit(self, change: Callable[[Worksheet], None]) -> None:
        """Change Bình Long's sheet."""
        workbook = openpyxl.load_workbook(self.path(BINH_LONG))
        change(workbook.worksheets[0])
        workbook.save(self.path(BINH_LONG))

    def register(self, name: str, old: str, new: str) -> None:
        path = self.path(f"registers/{name}.csv")
        text = path.read_text(encoding="utf-8-sig")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

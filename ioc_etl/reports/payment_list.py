"""A batch's lines as a plain list: one CSV file that a spreadsheet program opens, until the treasury's forms are made.

Pure: the same batch always gives the same bytes.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from ioc_etl.reports import terms
from ioc_etl.reports.line_cause import told_change
from ioc_etl.reports.safe_text import safe_text
from schemas.vocabulary import BatchKind, LineCause, WorkMode

_HEADER = (
    "STT",
    "Mã khoản chi",
    "Họ và tên",
    "Số CCCD",
    "Cơ quan cử",
    "Hình thức làm việc",
    "Hệ số",
    "Mức lương cơ sở",
    "Số tiền",
    "Số tài khoản",
    "Ngân hàng",
    "Lý do",
    "Căn cứ",
)
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class ListTitle:
    """What stands above the lines. `total_vnd` is the batch's, signed."""

    batch: str
    month: str
    centre: str
    funding_source: str
    kind: str
    pay_date: str
    total_vnd: int
    is_draft: bool


def payment_list(lines: pl.DataFrame, title: ListTitle) -> bytes:
    """The list in UTF-8 with a mark that spreadsheet programs look for; every field quoted, accounts and IDs as digits.

    `lines` are `adapters.store_results.EXPORTED`. A draft says BẢN NHÁP in its heading and in every row.
    """
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    mark = (terms.DRAFT_MARK,) if title.is_draft else ()
    for row in _heading(title):
        writer.writerow(row)
    writer.writerow((*_HEADER, *mark))
    for number, line in enumerate(lines.iter_rows(named=True), start=1):
        writer.writerow((*(safe_text(cell) for cell in _row(number, line)), *mark))
    for name, amount_vnd in _sums(lines, title.total_vnd):
        writer.writerow(("", "", name, "", "", "", "", "", _signed(amount_vnd), "", "", "", "", *mark))
    return text.getvalue().encode("utf-8-sig")


def _sums(lines: pl.DataFrame, total_vnd: int) -> list[tuple[str, int]]:
    """The batch's total; where recoveries were offset, what of it is still to be collected."""
    offset_vnd = int(lines["offset_vnd"].sum())
    if not offset_vnd:
        return [("Cộng", total_vnd)]
    return [("Cộng", total_vnd), (f"Trong đó: {terms.OFFSET}", -offset_vnd), ("Còn phải thu", total_vnd + offset_vnd)]


def _heading(title: ListTitle) -> list[tuple[str, ...]]:
    kind = terms.BATCH_KIND[BatchKind(title.kind)]
    what = "thu" if title.kind == BatchKind.RECOVERY else "chi"
    rows: list[tuple[str, ...]] = [
        (f"Danh sách {what} — {kind} — {title.month}",),
        ("Trung tâm", safe_text(title.centre)),
        ("Nguồn kinh phí", title.funding_source),
        ("Đợt chi", title.batch),
        (f"Ngày {what}", title.pay_date),
    ]
    return [(terms.DRAFT_MARK,), *rows] if title.is_draft else rows


def _row(number: int, line: Mapping[str, object]) -> tuple[str, ...]:
    mode, tenths = line["work_mode"], line["coefficient_tenths"]
    whole, tenth = divmod(int(str(tenths)), _TENTHS)
    return (
        str(number),
        str(line["payment_id"]),
        str(line["full_name"]),
        str(line["citizen_id"]),
        str(line["agency"] or ""),
        terms.WORK_MODE[WorkMode(str(mode))],
        f"{whole},{tenth}",
        str(line["base_salary_vnd"]),
        _signed(int(str(line["amount_vnd"]))),
        str(line["bank_account"]),
        str(line["bank_name"]),
        _cause(line),
        str(line["legal_basis"]),
    )


def _cause(line: Mapping[str, object]) -> str:
    detail = line["cause_detail"]
    change = told_change(str(line["cause"]), str(detail) if detail else None, terms.WORK_MODE)
    word = terms.LINE_CAUSE[LineCause(str(line["cause"]))]
    cause = f"{word} ({change})" if change else word
    offset_vnd, open_vnd = int(str(line["offset_vnd"])), -int(str(line["amount_vnd"])) - int(str(line["offset_vnd"]))
    if not offset_vnd:
        return cause
    part = f"Đã bù trừ {terms.vnd(offset_vnd)}, còn phải thu {terms.vnd(open_vnd)}" if open_vnd else terms.OFFSET
    return f"{part}; {cause}"


def _signed(amount_vnd: int) -> str:
    """Money to be given back in brackets, as accountants write it: a minus sign begins a formula."""
    return f"({-amount_vnd})" if amount_vnd < 0 else str(amount_vnd)

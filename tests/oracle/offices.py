"""How offices write the same table: five handwritings, as real files. Each puts into every row where it stands."""

import csv
import unicodedata
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from random import Random
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.oracle.law import centres
from tests.oracle.oracle import Sent

HEADERS = {
    "row_no": ("STT", "TT", "Số TT"),
    "full_name": ("Họ và tên", "Họ tên"),
    "birth_date": ("Ngày sinh", "Ngày tháng năm sinh", "Năm sinh"),
    "citizen_id": ("Số CCCD", "CCCD", "Số căn cước", "Số định danh cá nhân", "CMND/CCCD"),
    "agency": ("Cơ quan cử", "Cơ quan", "Đơn vị", "Đơn vị công tác", "Đơn vị cử"),
    "staff_category": ("Đối tượng", "Đối tượng hưởng", "Loại cán bộ"),
    "duty": ("Nhiệm vụ", "Nhiệm vụ tại Trung tâm"),
    "monitored_service": ("Lĩnh vực giám sát", "Lĩnh vực"),
    "work_mode": ("Hình thức làm việc", "Hình thức"),
    "coefficient": ("Hệ số",),
    "shift": ("Ca trực", "Ca"),
    "from_date": ("Từ ngày",),
    "to_date": ("Đến ngày",),
    "other_support_name": ("Chế độ hỗ trợ khác",),
    "other_support_vnd": ("Mức hưởng khác",),
    "bank_account": ("Số tài khoản", "STK"),
    "bank_name": ("Ngân hàng", "Mở tại ngân hàng", "Tên ngân hàng"),
    "note": ("Ghi chú",),
}
UNKNOWN = ("Số điện thoại", "Trình độ", "Chức danh nghề")
UNITS = {
    ("from_date", "to_date"): "Thời gian làm việc",
    ("other_support_name", "other_support_vnd"): "Chế độ khác",
    ("bank_account", "bank_name"): "Tài khoản hưởng",
}
Writer = Callable[[Sent, str, date, Random], tuple[str, bytes]]


def header(name: str, rng: Random, *, official: bool = False) -> str:
    """One of the names of a column, in some hand."""
    words = HEADERS[name][0] if official else rng.choice(HEADERS[name])
    style = rng.randrange(6)
    if style == 1:
        words = words.upper()
    elif style == 2:
        words = words.replace(" ", "\n", 1)
    elif style == 3:
        words = words.replace("Đ", "Ð") + " "
    elif style == 4:
        words = unicodedata.normalize("NFD", words)
    return words


def title(sent: Sent, centre: str, month: date, rng: Random, *, says_nothing: bool = False) -> list[str]:
    """The lines above a table. What they say of month and centre is what `sent` says they do."""
    if says_nothing and sent.title_month is None and sent.title_centre is None:
        return []
    shown = sent.title_month or month
    name = centres()[sent.title_centre or centre]["name"]
    when = rng.choice(
        (f"Tháng {shown.month:02} năm {shown.year}", f"tháng {shown.month}/{shown.year}",
         f"THÁNG {shown.month:02}/{shown.year}", f"Tháng {shown.month} năm {shown.year}")
    )  # fmt: skip
    shape = rng.randrange(3)
    if shape == 0:
        return ["DANH SÁCH HƯỞNG HỖ TRỢ HÀNG THÁNG", name, when]
    if shape == 1:
        return [f"DANH SÁCH CÁN BỘ, CÔNG CHỨC, VIÊN CHỨC {name.upper()}", f"({when})"]
    return [f"Danh sách chi hỗ trợ {when}", f"Đơn vị: {name}"]


def columns_of(sent: Sent, rng: Random, *, shuffled: bool) -> list[str]:
    """The columns in the order they stand, `?` for one nobody knows, the doubled one twice."""
    columns = [name for name in HEADERS if name in sent.columns]
    if shuffled:
        head, rest = columns[:1], columns[1:]
        rng.shuffle(rest)
        columns = head + rest
    for _ in range(sent.unknown_columns):
        columns.insert(rng.randrange(2, len(columns) + 1), "?")
    if sent.ambiguous_columns:
        columns.append("bank_account")
    return columns


def put(sheet: Worksheet, row: int, column: int, value: Any, *, is_error: bool, rng: Random) -> None:
    """One value as an office program keeps it."""
    cell = sheet.cell(row=row, column=column)
    if is_error:
        cell.value = rng.choice(("#REF!", "#N/A", "=VLOOKUP(A1,Sheet2!A:B,2,0)"))
        return
    if value is None:
        return
    cell.value = value
    if isinstance(value, date):
        cell.number_format = "dd/mm/yyyy"
    elif isinstance(value, str) and value.startswith("="):
        cell.data_type = "s"


def _people(sheet: Worksheet, sent: Sent, columns: list[str], top: int, left: int, rng: Random, *, gaps: bool) -> int:  # noqa: PLR0917
    """The people from row `top` on, with their group rows; the row after the last one."""
    row, group, count = top, None, 0
    for person in sent.rows:
        if gaps and rng.random() < 0.1:
            row += 1
        if person.get("_group") != group:
            group = person.get("_group")
            if group:
                count += 1
                numeral = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")[(count - 1) % 8]
                if rng.random() < 0.5:
                    sheet.cell(row=row, column=left).value = f"{numeral}. {group}"
                    sheet.merge_cells(start_row=row, end_row=row, start_column=left, end_column=left + len(columns) - 1)
                else:
                    sheet.cell(row=row, column=left).value = numeral
                    sheet.cell(row=row, column=left + 1).value = group
                row += 1
        for offset, name in enumerate(columns):
            is_error = name in person.get("_error", ())
            value = "0912345678" if name == "?" else person.get(name)
            put(sheet, row, left + offset, value, is_error=is_error, rng=rng)
        if person.get("_hidden"):
            sheet.row_dimensions[row].hidden = True
        person["_row"] = row
        row += 1
    return row


def _finish(book: Workbook, sent: Sent, rng: Random) -> bytes:
    main = book.worksheets[0]
    for number in range(sent.other_rosters):
        other = book.create_sheet(f"T{number + 1}", rng.choice((0, 1)))
        other.sheet_state = "hidden"
        names = [name for name in HEADERS if name in sent.columns]
        for column, name in enumerate(names, start=1):
            other.cell(row=1, column=column).value = HEADERS[name][0]
            other.cell(row=2, column=column).value = {"row_no": 1, "full_name": "Trần Cũ"}.get(name, "x")
    if rng.random() < 0.25:
        lookup = book.create_sheet("DanhMuc")
        for row, word in enumerate(("Đối tượng", "Công chức", "Viên chức", "Công an", "Hợp đồng"), start=1):
            lookup.cell(row=row, column=1).value = word
        lookup.sheet_state = rng.choice(("visible", "hidden"))
    book.active = book.worksheets.index(main)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _total(sent: Sent, rng: Random) -> str | None:
    if sent.total is None:
        return None
    return rng.choice(
        (f"Tổng cộng: {sent.total} người", f"TỔNG CỘNG: {sent.total:02} người", f"Tổng số: {sent.total} người")
    )


def official(sent: Sent, centre: str, month: date, rng: Random) -> tuple[str, bytes]:
    """National heading, a merged header of two lines, numbering, group rows, total and signatures."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    columns = columns_of(sent, rng, shuffled=False)
    width = len(columns)
    sheet["A1"], sheet["F1"] = "UBND TỈNH BÌNH PHƯỚC", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    sheet["A2"], sheet["F2"] = "TRUNG TÂM ĐIỀU HÀNH THÔNG MINH", "Độc lập - Tự do - Hạnh phúc"
    row = 4
    for line in title(sent, centre, month, rng):
        sheet.cell(row=row, column=1).value = line
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)
        row += 1
    sheet.cell(row=row, column=width - 2).value = "Đơn vị tính: đồng"
    row += 1
    if sent.has_header:
        _two_line_header(sheet, columns, row, rng)
        row += 2
        if rng.random() < 0.7:
            for offset in range(width):
                sheet.cell(row=row, column=1 + offset).value = rng.choice((f"({offset + 1})",))
            row += 1
    row = _people(sheet, sent, columns, row, 1, rng, gaps=False)
    total = _total(sent, rng)
    if total:
        sheet.cell(row=row, column=1).value = total
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
    row += 2
    place = f"Đồng Xoài, ngày 05 tháng {month.month:02} năm {month.year}"
    sheet.cell(row=row, column=7).value = place
    for column, (office, signer) in zip((2, 5, 8), _SIGNERS, strict=True):
        sheet.cell(row=row + 1, column=column).value = office
        sheet.cell(row=row + 5, column=column).value = signer
    return "xlsx", _finish(book, sent, rng)


_SIGNERS = (
    ("NGƯỜI LẬP BIỂU", "Trần Thị Lập"), ("KẾ TOÁN TRƯỞNG", "Lê Văn Toán"), ("THỦ TRƯỞNG ĐƠN VỊ", "Phạm Minh Trưởng"),
)  # fmt: skip


def _two_line_header(sheet: Worksheet, columns: list[str], row: int, rng: Random) -> None:
    paired = {pair[0]: (pair, words) for pair, words in UNITS.items()}
    offset = 0
    while offset < len(columns):
        name = columns[offset]
        column = offset + 1
        if name in paired and tuple(columns[offset : offset + 2]) == paired[name][0]:
            pair, words = paired[name]
            sheet.cell(row=row, column=column).value = words
            sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=column + 1)
            for step, part in enumerate(pair):
                sheet.cell(row=row + 1, column=column + step).value = header(part, rng, official=True)
            offset += 2
            continue
        words = rng.choice(UNKNOWN) if name == "?" else header(name, rng)
        sheet.cell(row=row, column=column).value = words
        sheet.merge_cells(start_row=row, end_row=row + 1, start_column=column, end_column=column)
        offset += 1


def plain(sent: Sent, centre: str, month: date, rng: Random) -> tuple[str, bytes]:
    """A table from A1 and nothing else, unless the title must say something."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Sheet1"
    row = 1
    for line in title(sent, centre, month, rng, says_nothing=True):
        sheet.cell(row=row, column=1).value = line
        row += 1
    columns = columns_of(sent, rng, shuffled=False)
    if sent.has_header:
        for offset, name in enumerate(columns):
            sheet.cell(row=row, column=1 + offset).value = rng.choice(UNKNOWN) if name == "?" else header(name, rng)
        row += 1
    row = _people(sheet, sent, columns, row, 1, rng, gaps=False)
    total = _total(sent, rng)
    if total:
        sheet.cell(row=row, column=2).value = total
    return rng.choice(("xlsx", "xlsx", "XLSX", "xls", "csv")), _finish(book, sent, rng)


def comma(sent: Sent, centre: str, month: date, rng: Random) -> tuple[str, bytes]:
    """CSV with `;` or `,`, with or without a BOM, sometimes decomposed."""
    columns = columns_of(sent, rng, shuffled=rng.random() < 0.3)
    stream, line = StringIO(), 0
    writer = csv.writer(stream, delimiter=rng.choice(",;\t"), lineterminator=rng.choice(("\n", "\r\n")))
    for words in title(sent, centre, month, rng, says_nothing=True):
        writer.writerow([words] + [""] * (len(columns) - 1))
        line += 1
    if sent.has_header:
        words_of = [rng.choice(UNKNOWN) if name == "?" else header(name, rng).replace("\n", " ") for name in columns]
        writer.writerow(words_of)
        line += 1
    group = None
    for person in sent.rows:
        if person.get("_group") != group:
            group = person.get("_group")
            if group:
                writer.writerow(["", group] + [""] * (len(columns) - 2))
                line += 1
        writer.writerow(["0912" if name == "?" else _as_text(person.get(name)) for name in columns])
        line += 1
        person["_row"] = line
    total = _total(sent, rng)
    if total:
        writer.writerow([total] + [""] * (len(columns) - 1))
    text = stream.getvalue()
    if rng.random() < 0.5:
        text = unicodedata.normalize("NFD", text)
    return rng.choice(("csv", "csv", "csv", "xlsx")), text.encode(rng.choice(("utf-8", "utf-8-sig")))


def _as_text(value: Any) -> str:
    if isinstance(value, date):
        return f"{value.day:02}/{value.month:02}/{value.year}"
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else str(value).replace(".", ",")
    return "" if value is None else str(value)


def letter(sent: Sent, centre: str, month: date, rng: Random) -> tuple[str, bytes]:
    """A letter with the table in it: begins in C, columns shuffled, other header names, gaps, the total above."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Danh sách"
    columns = columns_of(sent, rng, shuffled=True)
    sheet["B1"] = "Kính gửi: Sở Tài chính"
    row = 3
    for line in title(sent, centre, month, rng):
        sheet.cell(row=row, column=4).value = line
        row += 1
    total = _total(sent, rng)
    if total:
        sheet.cell(row=row, column=3).value = total
        row += 1
    row += rng.randrange(3)
    if sent.has_header:
        for offset, name in enumerate(columns):
            sheet.cell(row=row, column=3 + offset).value = rng.choice(UNKNOWN) if name == "?" else header(name, rng)
        row += 1
    row = _people(sheet, sent, columns, row, 3, rng, gaps=True)
    sheet.cell(row=row + 2, column=4).value = "Nơi nhận: như trên; lưu VT."
    return "xlsx", _finish(book, sent, rng)


def ledger(sent: Sent, centre: str, month: date, rng: Random) -> tuple[str, bytes]:
    """An accountant's book: lettered numbering row (A, B, 1, 2), notes under the table, a total row in its columns."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = f"T{month.month}"
    columns = columns_of(sent, rng, shuffled=False)
    row = 1
    for line in title(sent, centre, month, rng):
        sheet.cell(row=row, column=2).value = line
        row += 1
    row += 1
    if sent.has_header:
        for offset, name in enumerate(columns):
            sheet.cell(row=row, column=1 + offset).value = rng.choice(UNKNOWN) if name == "?" else header(name, rng)
        row += 1
        for offset in range(len(columns)):
            sheet.cell(row=row, column=1 + offset).value = "A" if offset == 0 else "B" if offset == 1 else offset - 1
        row += 1
    row = _people(sheet, sent, columns, row, 1, rng, gaps=False)
    total = _total(sent, rng)
    if total:
        sheet.cell(row=row, column=2).value = total
        row += 1
    sheet.cell(row=row + 1, column=1).value = "Ghi chú: danh sách đã được đối chiếu với bảng chấm công."
    sheet.cell(row=row + 3, column=3).value = "Người lập"
    sheet.cell(row=row + 6, column=3).value = "Nguyễn Thị Sổ"
    return "xlsx", _finish(book, sent, rng)


LAYOUTS: dict[str, Writer] = {
    "official": official, "plain": plain, "comma": comma, "letter": letter, "ledger": ledger,
}  # fmt: skip


def write_table(path: Path, rows: list[dict[str, Any]], columns: list[str], rng: Random) -> None:
    """A register, as CSV or xlsx by the name."""
    if path.suffix == ".xlsx":
        book = Workbook()
        sheet = book.active
        assert isinstance(sheet, Worksheet)
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(name) for name in columns])
        book.save(path)
        return
    with path.open("w", encoding=rng.choice(("utf-8", "utf-8-sig")), newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows([[_as_text(row.get(name)) for name in columns] for row in rows])

"""What an xlsx file says about itself: its sheets, its shared strings, which formats are dates, which fonts are old."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree.ElementTree import Element

from ioc_etl.adapters.legacy_text import is_legacy_font
from ioc_etl.adapters.number_formats import FixedWidth, fixed_width, shows_a_month
from ioc_etl.adapters.office_limits import MAX_SHEETS
from ioc_etl.adapters.office_zip import OfficeZip
from ioc_etl.adapters.safe_xml import attribute, children, tree
from ioc_etl.errors import UnreadableFileError

_WORKBOOK = "xl/workbook.xml"
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_GENERAL = re.compile(r"general|standard", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One worksheet: its name, where its cells are, whether people see it."""

    name: str
    path: str
    is_visible: bool


@dataclass(frozen=True, slots=True)
class CellStyles:
    """What matters of the cell formats, by the index that a cell's `s` names (empty: the first)."""

    dates: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()
    fixed_widths: Mapping[str, FixedWidth] = field(default_factory=dict)
    legacy_fonts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WorkbookParts:
    """The worksheets in their order, and where the other parts are."""

    sheets: tuple[SheetPart, ...]
    counts_from_1904: bool
    styles_path: str | None
    strings_path: str | None


def workbook_parts(archive: OfficeZip) -> WorkbookParts:
    """Reads the workbook and its relations.

    Raises:
        UnreadableFileError: it is no workbook, or it has more sheets than are read.
    """
    path = _WORKBOOK if _WORKBOOK in archive else _main_part(archive)
    workbook = tree(archive.read(path))
    folder, name = posixpath.split(path)
    relations = _relations(archive, posixpath.join(folder, "_rels", f"{name}.rels"), folder)
    sheets = tuple(
        SheetPart(
            name=attribute(sheet, "name") or "",
            path=target,
            is_visible=(attribute(sheet, "state") or "visible") == "visible",
        )
        for group in children(workbook, "sheets")
        for sheet in children(group, "sheet")
        for kind, target in [relations.get(_relation_of(sheet), ("", ""))]
        if kind == "worksheet"
    )
    if len(sheets) > MAX_SHEETS:
        raise UnreadableFileError(f"có {len(sheets)} trang tính, nhiều nhất là {MAX_SHEETS}")
    properties = children(workbook, "workbookPr")
    return WorkbookParts(
        sheets=sheets,
        counts_from_1904=any(attribute(each, "date1904") in {"1", "true"} for each in properties),
        styles_path=_path_of("styles", relations, archive),
        strings_path=_path_of("sharedStrings", relations, archive),
    )


def _relation_of(sheet: Element) -> str:
    """The id of a sheet's relation: `r:id`, which shares its local name with nothing but an old `id`."""
    return next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")


def _main_part(archive: OfficeZip) -> str:
    relations = _relations(archive, "_rels/.rels", "")
    for kind, target in relations.values():
        if kind == "officeDocument" and target in archive:
            return target
    raise UnreadableFileError("tệp không phải là bảng tính")


def _relations(archive: OfficeZip, path: str, folder: str) -> dict[str, tuple[str, str]]:
    """Every internal relation: its id with the last word of its type and the part it leads to."""
    if path not in archive:
        return {}
    return {
        identifier: (kind.rpartition("/")[2], _target(folder, target))
        for relation in tree(archive.read(path))
        if (identifier := attribute(relation, "Id"))
        and (kind := attribute(relation, "Type"))
        and (target := attribute(relation, "Target"))
        and attribute(relation, "TargetMode") != "External"
    }


def _target(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")


def _path_of(kind: str, relations: Mapping[str, tuple[str, str]], archive: OfficeZip) -> str | None:
    return next((path for name, path in relations.values() if name == kind and path in archive), None)


@lru_cache(maxsize=32)
def cell_styles(styles_part: bytes) -> CellStyles:
    """Which cell formats are dates, of these a month's, which a fixed width of digits, which draw a legacy encoding."""
    root = tree(styles_part)
    codes = {
        attribute(code, "numFmtId"): attribute(code, "formatCode") or ""
        for group in children(root, "numFmts")
        for code in children(group, "numFmt")
    }
    fonts = [_font_name(font) for group in children(root, "fonts") for font in children(group, "font")]
    dates: set[str] = set()
    months: set[str] = set()
    widths: dict[str, FixedWidth] = {}
    legacy: dict[str, str] = {}
    formats = [each for group in children(root, "cellXfs") for each in children(group, "xf")]
    for index, cell_format in enumerate(formats):
        number_format = attribute(cell_format, "numFmtId") or "0"
        font_index = attribute(cell_format, "fontId") or "0"
        names = {str(index), ""} if index == 0 else {str(index)}
        if _is_date(number_format, codes.get(number_format)):
            dates |= names
            months |= names if shows_a_month(codes.get(number_format) or "") else set()
        elif (width := fixed_width(codes.get(number_format) or "")) is not None:
            widths |= dict.fromkeys(names, width)
        font = fonts[int(font_index)] if font_index.isdecimal() and int(font_index) < len(fonts) else ""
        if is_legacy_font(font):
            legacy |= dict.fromkeys(names, font)
    return CellStyles(frozenset(dates), frozenset(months), widths, legacy)


def _font_name(font: Element) -> str:
    return next((attribute(name, "val") or "" for name in children(font, "name")), "")


def _is_date(number_format: str, code: str | None) -> bool:
    if code is None:
        return number_format.isdecimal() and int(number_format) in _BUILT_IN_DATES
    bare = _GENERAL.sub("", _NOT_FORMAT.sub("", code))
    return _DATE_LETTERS.search(bare) is not None

"""The marker of a workbook that we handed back: one custom property of the document, in xlsx and in ods.

Whatever else stands among the properties, or is broken there, changes nothing about the file's cells.
"""

from ioc_etl.adapters.office_zip import OfficeZip
from ioc_etl.adapters.safe_xml import attribute, local_name, tree
from ioc_etl.errors import UnreadableFileError
from schemas.marker import PROPERTY

_XLSX_PART = "docProps/custom.xml"
_ODS_PART = "meta.xml"
_MAX_BYTES = 262_144
"""Properties that people and programs write take a few hundred bytes; a tree of much more is not built."""


def xlsx_marker(archive: OfficeZip) -> str | None:
    """The text of our property in an xlsx file, or None."""
    return _property(archive, _XLSX_PART, "property")


def ods_marker(archive: OfficeZip) -> str | None:
    """The text of our property in an ods file, or None."""
    return _property(archive, _ODS_PART, "user-defined")


def _property(archive: OfficeZip, part: str, element: str) -> str | None:
    if part not in archive:
        return None
    try:
        content = archive.read(part)
        properties = tree(content).iter() if len(content) <= _MAX_BYTES else ()
    except UnreadableFileError:
        return None
    for each in properties:
        if local_name(each.tag) == element and attribute(each, "name") == PROPERTY:
            return "".join(each.itertext()).strip() or None
    return None

"""Writing a workbook without a temporary file: what stands in it is nobody else's, not for a moment."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter


class _MemoryWriter(ExcelWriter):
    """openpyxl's writer, with each sheet held in memory where it would take a file in the system's temporary folder."""

    def write_worksheet(self, ws: Worksheet) -> None:
        sheet = BytesIO()
        writer = WorksheetWriter(ws, sheet)
        writer.write()
        ws._rels = writer._rels  # type: ignore[attr-defined]  # noqa: SLF001 - as the method it stands for
        self._archive.writestr(ws.path[1:], sheet.getvalue())  # type: ignore[attr-defined]
        self.manifest.append(ws)


def saved(workbook: Workbook) -> bytes:
    """The workbook as xlsx bytes; the time of writing is in them."""
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        _MemoryWriter(workbook, archive).save()
    return written.getvalue()

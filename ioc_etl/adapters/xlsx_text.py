"""The texts of an xlsx file: characters written as entities, and the strings that cells share."""

import html
import re

from ioc_etl.adapters.office_limits import check_cells
from ioc_etl.adapters.safe_xml import XmlReader

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLAIN_STRING = re.compile(r'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')
_STRING = b"<si"
_CONTROLS = bytes({*range(32)} - set(b"\t\n\r"))
_SURROGATES = range(0xD800, 0xE000)


def plain_text(raw: str) -> str:
    """Text as it stands between two tags, with its entities resolved."""
    text = html.unescape(raw) if "&" in raw else raw
    return spreadsheet_text(text)


def spreadsheet_text(text: str) -> str:
    """Text of a cell with the escapes resolved that only spreadsheets use (`_x000D_`)."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(escape: re.Match[str]) -> str:
    """The character an escape stands for; nothing for control characters, the escape itself for half a character."""
    code = int(escape[1], 16)
    if code in _SURROGATES:
        return escape[0]
    return chr(code) if code >= ord(" ") or chr(code) in "\t\n\r" else ""


def is_xml_text(content: bytes) -> bool:
    """Whether the bytes hold no control character, which no XML has: only a parser may say so of what it reads."""
    return len(content.translate(None, _CONTROLS)) == len(content)


def unix_lines(text: str) -> str:
    """Line ends as an XML parser hands them on."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def shared_strings(content: bytes) -> list[str]:
    """The strings that cells name by their index.

    Raises:
        UnreadableFileError: the part is damaged, declares a document type, or has more strings than a sheet has cells.
    """
    check_cells(content.count(_STRING))
    return _plain_strings(content) or _any_strings(content)


def _plain_strings(content: bytes) -> list[str]:
    """The strings when all of them are plain; nothing when only a parser can tell."""
    begin, end = content.find(b"<si>"), content.rfind(b"</sst>")
    if begin < 0 or end < begin or b"<!" in content[:begin] or not is_xml_text(content):
        return []
    try:
        strings = unix_lines(content[begin:end].decode("utf-8"))
    except UnicodeDecodeError:
        return []
    found = _PLAIN_STRING.findall(strings)
    if 4 * len(found) != content.count(b"<", begin, end):
        return []
    return [plain_text(raw) for raw in found] if "&" in strings or "_x" in strings else found


def _any_strings(content: bytes) -> list[str]:
    reader = _StringReader()
    reader.read(content)
    return reader.strings


class _StringReader(XmlReader):
    """Rich text run by run; phonetic hints (`rPh`) are no text."""

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []
        self._runs: list[str] = []
        self._is_text = False
        self._hints = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - the base calls it
        if name == "si":
            self._runs = []
        self._hints += name == "rPh"
        self._is_text = name == "t" and not self._hints

    def end(self, name: str) -> None:
        self._hints -= name == "rPh"
        self._is_text = False
        if name == "si":
            self.strings.append(spreadsheet_text("".join(self._runs)))

    def text(self, text: str) -> None:
        if self._is_text:
            self._runs.append(text)

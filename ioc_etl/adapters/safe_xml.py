"""XML from strangers: no document type, no entities of its own, no surprises that are not errors of ours."""

from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser
from xml.parsers import expat

from ioc_etl.adapters.office_limits import MAX_TREE_BYTES, TOO_MUCH_MEMORY
from ioc_etl.adapters.office_zip import DAMAGED
from ioc_etl.errors import UnreadableFileError

_NO_MEMORY = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]
_DOCTYPE = "tệp có khai báo DTD hoặc ENTITY trong XML"


class _Tree(TreeBuilder):
    def doctype(self, *_: object) -> None:
        refuse_doctype()


def refuse_doctype(*_: object) -> None:
    """What a parser calls when a document type begins."""
    raise UnreadableFileError(_DOCTYPE)


def tree(content: bytes) -> Element:
    """The root of a small part (workbook, relations, styles).

    Raises:
        UnreadableFileError: not well-formed, not small, or it declares a document type.
    """
    if len(content) > MAX_TREE_BYTES:
        raise UnreadableFileError(f"có một phần {len(content)} byte, nhiều nhất là {MAX_TREE_BYTES}")
    parser = XMLParser(target=_Tree())  # noqa: S314 - without a document type there are no entities to attack with
    try:
        parser.feed(content)
        return parser.close()
    except (ParseError, ValueError, LookupError) as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> UnreadableFileError:
    is_memory = getattr(error, "code", None) == _NO_MEMORY
    return UnreadableFileError(TOO_MUCH_MEMORY if is_memory else DAMAGED)


def local_name(qualified: str) -> str:
    """`row` of `{http://…}row`."""
    return qualified.rpartition("}")[2]


def children(element: Element, name: str) -> list[Element]:
    """Direct children by local name, whatever their namespace."""
    return [child for child in element if local_name(child.tag) == name]


def attribute(element: Element, name: str) -> str | None:
    """An attribute by local name, whatever its namespace."""
    for key, value in element.attrib.items():
        if local_name(key) == name:
            return value
    return None


class XmlReader:
    """Base of the readers of big parts: calls `start`, `end` and `text` while the part goes by.

    Names are local: `row`, without prefix or namespace. Attributes keep theirs as `uri}name` when they have one.
    """

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self.text
        self._locals = _LocalNames()

    def read(self, content: bytes) -> None:
        """Reads the whole part.

        Raises:
            UnreadableFileError: not well-formed, or it declares a document type.
        """
        try:
            self._parser.Parse(content, True)  # noqa: FBT003 - expat takes it by position
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise _unreadable(error) from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.start(self._locals[name], attributes)

    def _end(self, name: str) -> None:
        self.end(self._locals[name])

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text between two tags."""


class _LocalNames(dict[str, str]):
    """Local names by qualified ones, each found once."""

    def __missing__(self, qualified: str) -> str:
        self[qualified] = local_name(qualified)
        return self[qualified]

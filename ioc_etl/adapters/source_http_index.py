"""The names in a folder as a web server's own listing shows them (Apache, nginx, Python's), and nothing else on it."""

import re
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

_LINK = re.compile(r"""^a\s(?:[^>]*?\s)?href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE | re.DOTALL)
_LONGEST_TAG = 4096
"""Of a tag no more is looked at, so that a page made to be slow is not."""


def names_in_index(page: str, page_url: str, folder: str) -> tuple[str, ...]:
    """Names of the files directly in the folder (a path that ends in a slash) that the page links to, sorted.

    A link out of the folder, into a folder, to another host, with a query, or whose name hides a slash, is no file.
    """
    # Cut at every "<" first: a pattern over the whole page could be made to take for ever.
    links = (_LINK.match(tag[:_LONGEST_TAG]) for tag in page.split("<"))
    targets = (unescape(link[1] or link[2] or link[3] or "").strip() for link in links if link)
    return tuple(sorted({name for target in targets if (name := _name_of(target, page_url, folder))}))


def _name_of(target: str, page_url: str, folder: str) -> str | None:
    try:
        found, page = urlsplit(urljoin(page_url, target)), urlsplit(page_url)
    except ValueError:
        return None
    is_inside = (found.scheme, found.netloc) == (page.scheme, page.netloc) and found.path.startswith(folder)
    if not is_inside or "?" in target or "#" in target:
        return None
    name = unquote(found.path.removeprefix(folder), errors="surrogateescape")
    has_road = any(character in "/\\" or ord(character) < ord(" ") for character in name)
    return None if has_road or name in {"", ".", ".."} else name

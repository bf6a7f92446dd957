"""The container of an xls file (OLE2): what xlrd follows without end is refused before it does."""

from collections.abc import Sequence
from io import StringIO

from xlrd.compdoc import CompDoc

from ioc_etl.adapters.office_zip import DAMAGED
from ioc_etl.errors import UnreadableFileError


def check_chains(data: bytes) -> None:
    """Refuses a file whose small streams are chained in a circle.

    Raises:
        UnreadableFileError: they are.
        CompDocError: the container is damaged in another way, and whatever else xlrd raises then.
    """
    if _runs_in_a_circle(CompDoc(data, logfile=StringIO()).SSAT):
        raise UnreadableFileError(DAMAGED)


def _runs_in_a_circle(following: Sequence[int]) -> bool:
    """Whether a chain comes back to itself. An entry names the next one; one that is out of range ends a chain."""
    walk_of: dict[int, int] = {}
    for start in range(len(following)):
        place = start
        while 0 <= place < len(following) and walk_of.setdefault(place, start) == start:
            if following[place] == place or walk_of.get(following[place]) == start:
                return True
            place = following[place]
    return False

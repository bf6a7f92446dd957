"""Why a line is due, as people read it. What is stored is data of no language and stays as it is.

A stored detail is the piece of its cause, then those of the other causes that apply, each behind its name:
`1490000 → 1800000; work_mode: direct → indirect`.
"""

from collections.abc import Mapping

from ioc_etl.reports.terms import thousands
from schemas.vocabulary import LineCause, WorkMode

_BETWEEN_PIECES, _BEHIND_A_NAME, _CHANGE = "; ", ": ", " → "
_OF_MONEY = frozenset({LineCause.BASE_SALARY, LineCause.SUPERSEDED})
_OF_VALUES = frozenset({*_OF_MONEY, LineCause.WORK_MODE, LineCause.PART_MONTH})


def told_detail(
    cause: str, detail: str | None, *, causes: Mapping[LineCause, str], modes: Mapping[WorkMode, str]
) -> str:
    """The whole detail in the words of a language: `1.490.000 → 1.800.000; đổi hình thức làm việc: …`, "" without."""
    first, *others = detail.split(_BETWEEN_PIECES) if detail else [""]
    told = [_told(LineCause(cause), first, modes)]
    for piece in others:
        name, _, rest = piece.partition(_BEHIND_A_NAME)
        told.append(f"{causes[LineCause(name)]}{_BEHIND_A_NAME}{_told(LineCause(name), rest, modes)}")
    return _BETWEEN_PIECES.join(told)


def told_change(cause: str, detail: str | None, modes: Mapping[WorkMode, str]) -> str:
    """The old and the new value where that is what the cause is, else ""; for papers: no code, no hash."""
    first = detail.split(_BETWEEN_PIECES)[0] if detail else ""
    return _told(LineCause(cause), first, modes) if LineCause(cause) in _OF_VALUES else ""


def _told(cause: LineCause, piece: str, modes: Mapping[WorkMode, str]) -> str:
    values = piece.split(_CHANGE) if piece else []
    if cause in _OF_MONEY:
        values = [thousands(int(value)) for value in values]
    elif cause is LineCause.WORK_MODE:
        values = [modes[WorkMode(value)] for value in values]
    return _CHANGE.join(values)

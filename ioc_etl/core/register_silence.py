"""A list of people without people is no statement: a file that goes bad never takes money back.

Source: rulebook rule 8 and section 6 (undecided is not zero); close reading 17. The other registers may hold no row: an
establishment without one refuses its centres (NO_ESTABLISHMENT), nobody may have another support, no budget is
BUDGET_MISSING.
"""

from collections.abc import Mapping

import polars as pl

from ioc_etl.core.register_table import RegisterTable
from ioc_etl.policy.model import Centre, MonthPolicy
from schemas.finding import RAISED
from schemas.vocabulary import CentreKind, FindingCode, RegisterName

_LIST = RegisterName.APPROVED_LIST.value


def silent_list(table: RegisterTable, policy: MonthPolicy, centres: Mapping[str, Centre]) -> pl.DataFrame:
    """An approved list that names nobody of an open provincial centre (`schemas.finding.RAISED`).

    There everybody is approved by name, so it would say of all that they have no right. Without any row it cannot be
    used, which stops the run; without one of that centre it stops the centre.
    """
    if table.is_absent or table.problem is not None:
        return pl.DataFrame(schema=RAISED)
    spoken_of = set(table.rows["centre_code"].drop_nulls().str.to_lowercase())
    silent = [
        (centre.code, centre.name)
        for centre in centres.values()
        if centre.kind is CentreKind.PROVINCE
        and centre.is_open_between(policy.first_day, policy.last_day)
        and centre.code not in spoken_of
    ]
    if silent and table.rows.is_empty():
        return _raised([(FindingCode.REGISTER_INVALID, None, "không có dòng nào dưới tiêu đề", _LIST, None)])
    found, expected = "không có dòng nào của {}", "ít nhất một dòng của Trung tâm này"
    stopped = FindingCode.REGISTER_ROW_INVALID
    return _raised([(stopped, code, found.format(name), expected, _LIST) for code, name in silent])


def _raised(told: list[tuple[FindingCode, str | None, str, str, str | None]]) -> pl.DataFrame:
    rows = [(code.value, centre, None, None, None, *blanks) for code, centre, *blanks in told]
    return pl.DataFrame(rows, schema=RAISED, orient="row")

"""The registers that lie beside what is sent: one row of each as `factories` makes them."""

from factories import Cells, approval, budget, centre_codes, establishment, identity_link, other_support, person
from ledger_world import Sent

KNOWN = {person(number).citizen_id: person(number).full_name for number in range(1, 13)}


def registers_of(sent: Sent, year: int = 2022) -> dict[str, list[Cells]]:
    """By their names.

    The provincial list names everybody as the rosters do, and one person more, who stands on no roster: a list of
    nobody would stop the run.
    """
    rows = [row for rows in sent.rosters.values() if isinstance(rows, tuple) for row in rows]
    names = KNOWN | {str(row["citizen_id"]): str(row["full_name"]) for row in rows if row["full_name"] is not None}
    return {
        "approved_list": [approval(9), *(approval(1, citizen_id=who, full_name=names[who]) for who in sent.listed)],
        "establishment": [
            establishment(centre_code=code, headcount=posts) for code, posts in sent.headcounts.items() if posts
        ],
        "other_support": [other_support(number) for number in sent.supports],
        "budget": [budget(funding_source=code, year=year, amount_vnd=sent.budget_vnd(code)) for code in centre_codes()],
        "identity_link": [identity_link(old, new) for old, new in sent.links],
    }

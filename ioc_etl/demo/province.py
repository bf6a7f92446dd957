"""A province of invented centres and people: the four of the demo, or as many as a test or the bench asks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from ioc_etl.demo.people import DEMO_SEED, Person, invent_people
from ioc_etl.demo.roster import Roster, RosterRow, demo_centre
from ioc_etl.policy.model import Centre
from ioc_etl.reports.terms import DUTY, MONITORED_SERVICE, STAFF_CATEGORY, WORK_MODE
from schemas.vocabulary import CentreKind, StaffCategory, WorkMode

_OPENED_ON = date(2021, 5, 1)
_SHIFTS = 3
_DUTIES = tuple(DUTY.values())
_SERVICES = tuple(MONITORED_SERVICE.values())


@dataclass(frozen=True, slots=True)
class Post:
    """Some posts of one agency at a centre. `code` is null where agencies do not matter (districts)."""

    agency: str
    people: int
    categories: tuple[StaffCategory, ...]
    code: str | None = None
    work_mode: WorkMode = WorkMode.DIRECT


PROVINCE_POSTS = (
    Post("Công an tỉnh", 12, (StaffCategory.POLICE,), "cong-an"),
    Post("Sở Y tế", 3, (StaffCategory.PUBLIC_EMPLOYEE,), "so-y-te"),
    Post("Sở Thông tin và Truyền thông", 3, (StaffCategory.CIVIL_SERVANT, StaffCategory.PUBLIC_EMPLOYEE), "so-tttt"),
    Post("Sở Kế hoạch và Đầu tư", 1, (StaffCategory.CIVIL_SERVANT,), "so-khdt", WorkMode.INDIRECT),
)

DEMO_CENTRES = (
    demo_centre("tinh", "tỉnh Bình Phước", CentreKind.PROVINCE, date(2020, 9, 9)),
    demo_centre("dong-xoai", "thành phố Đồng Xoài", CentreKind.DISTRICT, _OPENED_ON),
    demo_centre("phuoc-long", "thị xã Phước Long", CentreKind.DISTRICT, _OPENED_ON),
    demo_centre("binh-long", "thị xã Bình Long", CentreKind.DISTRICT, _OPENED_ON),
)


@dataclass(frozen=True, slots=True)
class Province:
    """The rosters of one month, one a centre, and people who stand on none of them yet."""

    month: date
    rosters: tuple[Roster, ...]
    spare_people: tuple[Person, ...]

    def roster(self, centre_code: str) -> Roster:
        """The roster of one centre."""
        return next(roster for roster in self.rosters if roster.centre.code == centre_code)


def province(
    *,
    month: date = date(2022, 1, 1),
    centres: int = len(DEMO_CENTRES),
    people_per_centre: int | None = None,
    seed: int = DEMO_SEED,
) -> Province:
    """A month without a fault: the provincial centre first, then district centres.

    With `people_per_centre` every centre has that many, the provincial one too (its agencies in turn, so beyond its
    posts); without it each has exactly its posts. Centres beyond the demo's four are `trung-tam-00005` and on.
    """
    people = invent_people(seed)
    rosters = []
    for position in range(centres):
        centre = DEMO_CENTRES[position] if position < len(DEMO_CENTRES) else _further_centre(position + 1)
        posts = PROVINCE_POSTS if centre.kind is CentreKind.PROVINCE else _district_posts(_town(centre))
        seats = list(islice(_seats(posts, people_per_centre), people_per_centre))
        rosters.append(Roster(centre, month, tuple(_rows(seats, people, offset=position))))
    return Province(month, tuple(rosters), tuple(islice(people, len(DEMO_CENTRES))))


def _further_centre(number: int) -> Centre:
    return demo_centre(f"trung-tam-{number:05d}", f"huyện số {number:05d}", CentreKind.DISTRICT, _OPENED_ON)


def _town(centre: Centre) -> str:
    return centre.aliases[0]


def _district_posts(town: str) -> tuple[Post, ...]:
    offices = (StaffCategory.CIVIL_SERVANT, StaffCategory.PUBLIC_EMPLOYEE, StaffCategory.CADRE)
    return (
        Post(f"Công an {town}", 4, (StaffCategory.POLICE,)),
        Post("Phòng Văn hóa và Thông tin", 3, offices),
        Post("Văn phòng HĐND và UBND", 2, offices[:2]),
    )


def _seats(posts: tuple[Post, ...], people_per_centre: int | None) -> Iterator[Post]:
    """Each post as often as it has people, agency by agency; more than there are begin again."""
    while True:
        for post in posts:
            yield from (post for _ in range(post.people))
        if people_per_centre is None:
            return


def _rows(seats: list[Post], people: Iterator[Person], *, offset: int) -> Iterator[RosterRow]:
    """A row for each seat, ordered by agency; shifts, duties and functions go round within the centre."""
    for number, (post, person) in enumerate(zip(seats, people, strict=False), start=1):
        is_direct = post.work_mode is WorkMode.DIRECT
        yield RosterRow(
            row_no=number,
            full_name=person.full_name,
            birth_date=person.birth_date,
            citizen_id=person.citizen_id,
            agency=post.agency,
            staff_category=STAFF_CATEGORY[post.categories[number % len(post.categories)]],
            duty=_DUTIES[(number * 3 + offset) % len(_DUTIES)],
            monitored_service=_SERVICES[(number * 7 + offset * 3) % len(_SERVICES)],
            work_mode=WORK_MODE[post.work_mode],
            shift=(number - 1) % _SHIFTS + 1 if is_direct else None,
            bank_account=person.bank_account,
            bank_name=person.bank_name,
            agency_code=post.code,
        )

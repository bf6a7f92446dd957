"""Invented people: names as they are in the province, citizen IDs that are well formed, accounts that exist nowhere.

The n-th person of a seed is always the same, whatever else is made; no two persons share an ID or an account.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

DEMO_SEED = 70

_FAMILY_NAMES = (
    *("Nguyễn",) * 8,
    *("Trần",) * 3,
    *("Lê", "Phạm") * 2,
    *("Hoàng", "Huỳnh", "Võ", "Vũ", "Phan", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Điểu", "Lâm", "Đinh"),
)  # fmt: skip
_MIDDLE_NAMES = {
    False: ("Văn", "Hữu", "Đức", "Công", "Quang", "Minh", "Xuân", "Đình", "Thanh", "Quốc", "Trọng", "Anh"),
    True: ("Thị", "Thị Thu", "Thị Ngọc", "Thị Thanh", "Ngọc", "Thùy", "Bích", "Thị Kim", "Hoài", "Thị Hồng"),
}
_GIVEN_NAMES = {
    False: ("An", "Bảo", "Cường", "Dũng", "Đạt", "Đông", "Hải", "Hòa", "Hùng", "Khánh", "Long", "Nam", "Nghĩa", "Phúc",
            "Quân", "Sơn", "Tài", "Thắng", "Toàn", "Trung", "Tuấn", "Việt", "Vinh", "Thủy"),
    True: ("Anh", "Bình", "Châu", "Diệp", "Đào", "Giang", "Hà", "Hạnh", "Hiền", "Hoa", "Hương", "Lan", "Linh", "Loan",
           "Mai", "Nga", "Oanh", "Phượng", "Thảo", "Thúy", "Trang", "Trinh", "Tuyết", "Yến"),
}  # fmt: skip
_BANKS = (
    "Agribank CN tỉnh Bình Phước",
    "VietinBank CN Bình Phước",
    "BIDV CN Bình Phước",
    "Vietcombank CN Bình Phước",
    "Sacombank CN Bình Phước",
    "MB CN Bình Phước",
)
_BIRTH_CODES = (*("070",) * 12, "001", "010", "014", "024", "030", "034", "035", "037", "040", "042", "048", "051",
                "052", "060", "066", "072", "074", "075", "079", "082", "089", "096")  # fmt: skip
_MASK = (1 << 64) - 1
_FIRST_YEAR, _YEARS = 1966, 36
_DAYS, _MONTHS = 28, 12
_SERIALS = 1_000_000
_ACCOUNTS = 100_000_000
_ID_STRIDE = 22_249_223  # no multiple of 2, 3 or 5: its multiples run through every ID once
_ACCOUNT_STRIDE = 61_803_399  # likewise, through every account


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person. `citizen_id` agrees with sex, century and year of birth; birth is before any roster."""

    full_name: str
    birth_date: date
    citizen_id: str
    bank_account: str
    bank_name: str


def invent_people(seed: int = DEMO_SEED, first: int = 0) -> Iterator[Person]:
    """Endless invented people of one seed, from the person number `first` on."""
    number = first
    while True:
        yield invent_person(number, seed)
        number += 1


def invent_person(number: int, seed: int = DEMO_SEED) -> Person:
    """The person with that number: always the same for the same seed.

    People below number 80,000 never share both name and birth date, so none is taken for another.

    Raises:
        ValueError: the number is beyond the IDs there are (36 million).
    """
    if not 0 <= number < _SERIALS * _YEARS:
        raise ValueError(f"no person number {number}: 0 to {_SERIALS * _YEARS - 1}")
    luck = scrambled(seed * _SERIALS * _YEARS + number)
    is_female = luck % 5 < 2
    year, serial = divmod((seed * 104_729 + number * _ID_STRIDE) % (_SERIALS * _YEARS), _SERIALS)
    year += _FIRST_YEAR
    family = _FAMILY_NAMES[luck // 8 % len(_FAMILY_NAMES)]
    middle_and_given, day_of_year = _name_and_day(number, seed, is_female=is_female)
    birth_code = _BIRTH_CODES[luck // 1024 % len(_BIRTH_CODES)]
    century_sex = (year // 100 - 19) * 2 + is_female
    account_head = luck // 65_536 % 90_000 + 100
    account_tail = (seed + number * _ACCOUNT_STRIDE) % _ACCOUNTS
    return Person(
        full_name=f"{family} {middle_and_given}",
        birth_date=date(year, day_of_year % _MONTHS + 1, day_of_year // _MONTHS + 1),
        citizen_id=f"{birth_code}{century_sex}{year % 100:02d}{serial:06d}",
        bank_account=f"{'0' if luck % 7 == 0 else ''}{account_head}{account_tail:08d}",
        bank_name=_BANKS[luck // 16_777_216 % len(_BANKS)],
    )


def _name_and_day(number: int, seed: int, *, is_female: bool) -> tuple[str, int]:
    """Middle and given name and a day of the year, each triple once in the first 80,000 numbers of a sex."""
    middles, givens = _MIDDLE_NAMES[is_female], _GIVEN_NAMES[is_female]
    block, given = divmod(number + seed, len(givens))
    round_of_middles, step = divmod(block, len(middles))
    middle = (7 * step + given) % len(middles)
    day_of_year = (round_of_middles + 131 * given + 29 * step) % (_MONTHS * _DAYS)
    return f"{middles[middle]} {givens[given * 5 % len(givens)]}", day_of_year


def scrambled(number: int) -> int:
    """A 64-bit number that looks random and is always the same for the same one (splitmix64)."""
    mixed = (number + 0x9E3779B97F4A7C15) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return mixed ^ (mixed >> 31)

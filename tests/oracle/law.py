"""The parameters of a month, read anew from the packaged YAML: nothing of the program is used here."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "ioc_etl" / "policy"
TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}


def fold(text: str) -> str:
    """Lower case, no accents, Đ and Ð as d, everything that is no letter or digit as one space."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^0-9a-z]+", " ", plain.replace("đ", "d").replace("ð", "d")).split())


def name_of(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A name for comparison: each word without its tone, and the tone beside it wherever it sat."""
    words = unicodedata.normalize("NFD", text.lower().replace("ð", "đ")).split()
    return tuple(
        ("".join(c for c in word if c not in TONES), tuple(sorted(c for c in word if c in TONES))) for word in words
    )


def _in(words: dict[str, Iterable[str]]) -> dict[str, str]:
    return {fold(word): code for code, listed in words.items() for word in (code, *listed)}


@dataclass
class Law:
    """What the parameters say in one month."""

    month: date
    part_month: str

    def __post_init__(self) -> None:
        self.base = self._at("base_salary")
        self.in_force = bool(self._at("policy_in_force"))
        if not self.in_force:
            return
        self.succession: dict[str, str] = self._at("agency_succession")
        self.tenths: dict[str, int] = self._at("coefficient")
        self.eligible = set(self._at("eligible_categories"))
        self.categories = _in(self._at("category_words"))
        self.modes = _in(self._at("mode_words"))
        services = self._at("monitored_services")
        self.duties = {
            fold(word): service["duty"]
            for code, service in services.items()
            for word in (code, service["name"], *service["words"])
        } | _in(self._at("duty_words"))
        self.duty_prefixes = [fold(word) for word in self._at("duty_prefixes")]
        agencies = self._at("agencies")
        self.agencies = _in({code: (a["name"], *a["words"]) for code, a in agencies.items()})
        self.posts = {self.heir(code): posts for code, posts in self._at("agency_quota").items()}
        self.expected = {self.heir(code): mode for code, mode in self._at("expected_mode").items()}
        self.staffing = {self.heir(code): number for code, number in self._at("shift_staffing").items()}
        self.centre_posts = self._at("centre_quota")
        self.birth_codes = set(self._at("birth_codes"))
        self.ordinary = [fold(word) for word in self._at("ordinary_allowances")]
        self.ordinary_exact = {fold(word) for word in self._at("ordinary_allowances_exact")}
        self.allowance_prefixes = [fold(word) for word in self._at("allowance_prefixes")]
        self.nothing = {fold(word) for word in self._at("no_support_words")}
        self.placeholders = {fold(word) for word in self._at("placeholder_words")}
        self.absence = [fold(word) for word in self._at("absence_words")]
        self.account_digits = self._at("bank_account_digits")

    def _at(self, name: str) -> Any:
        for value in _values(name):
            if value["from"] <= self.month and ("to" not in value or self.month <= value["to"]):
                return value["value"]
        return None

    def heir(self, agency: str) -> str:
        """Who has an agency's posts this month."""
        return self.succession.get(agency, agency)

    def agency(self, text: str) -> str | None:
        """The department a word means this month."""
        code = self.agencies.get(fold(text))
        return self.heir(code) if code else None

    def duty(self, text: str) -> str | None:
        """The duty a text means."""
        key = fold(text)
        keys = [key, *(key[len(p) + 1 :] for p in self.duty_prefixes if key.startswith(f"{p} "))]
        return next((self.duties[k] for k in keys if k in self.duties), None)

    def is_ordinary(self, regime: str) -> bool:
        """Whether a regime is an ordinary salary allowance."""
        key = fold(regime)
        keys = [key, *(key[len(p) + 1 :] for p in self.allowance_prefixes if key.startswith(f"{p} "))]
        return any(
            k in self.ordinary_exact or any(k == w or k.startswith(f"{w} ") for w in self.ordinary) for k in keys
        )


@lru_cache(maxsize=64)
def _values(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load((FOLDER / "parameters" / f"{name}.yaml").read_text("utf-8"))["values"])


_LAWS: dict[tuple[date, str], Law] = {}


def law_at(month: date, part_month: str) -> Law:
    """The law of a month, read once."""
    if (month, part_month) not in _LAWS:
        _LAWS[month, part_month] = Law(month, part_month)
    return _LAWS[month, part_month]


@lru_cache(maxsize=1)
def findings() -> dict[str, dict[str, Any]]:
    """Level and severity of every code."""
    return dict(yaml.safe_load((FOLDER / "findings.yaml").read_text("utf-8")))


@lru_cache(maxsize=1)
def centres() -> dict[str, dict[str, Any]]:
    """The registry of centres."""
    return dict(yaml.safe_load((FOLDER / "centres.yaml").read_text("utf-8"))["centres"])

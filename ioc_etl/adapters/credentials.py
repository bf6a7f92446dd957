"""Credentials by name: each a JSON object, from the environment or handed down by who starts the work; never shown.

`IOC_ETL_SECRET_DONG_XOAI` holds the secret `dong-xoai`, which the registry may name for a centre; the input root's own
is called `input`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from ioc_etl.errors import SourceError

SECRET = "IOC_ETL_SECRET_"  # noqa: S105 - the beginning of the variables' names
SECRET_OF_INPUT = "input"  # noqa: S105 - the secret's name

KEYS: Mapping[str, tuple[str, ...]] = {
    "sftp": ("username", "password", "key_file", "passphrase"),
    "http": ("username", "password", "token"),
    "https": ("username", "password", "token"),
    "s3": ("key", "secret", "token", "endpoint_url", "region"),
}
"""What a secret may hold, by scheme; a scheme that is not here hands everything on to the package that opens it."""


def variable_of(name: str) -> str:
    """The environment variable of a secret."""
    return SECRET + _key(name)


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret as it was found: its name, and the text that holds it."""

    name: str
    text: str = field(repr=False)

    def values(self, scheme: str) -> dict[str, str]:
        """What it holds for a source of this scheme.

        Raises:
            SourceError: it is no JSON object of texts, or holds a key that the scheme does not know.
        """
        found = _json_object(self.text)
        if found is None:
            raise SourceError(f"the secret {self.name} is no JSON object of texts, such as {_example(scheme)}")
        known = KEYS.get(scheme, tuple(found))
        unknown = sorted(set(found) - set(known))
        if unknown:
            raise SourceError(
                f"the secret {self.name} has {', '.join(unknown)}, which {scheme} does not know; "
                f"it may have {', '.join(known)}"
            )
        broken = sorted(key for key, value in found.items() if not value.isprintable())
        if broken:
            raise SourceError(f"the secret {self.name} has a line break or the like in {', '.join(broken)}")
        return found


@dataclass(frozen=True, slots=True)
class Secrets:
    """Secrets' texts by name, as far as one place holds them."""

    _texts: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Secrets":
        """Every IOC_ETL_SECRET_…; an empty one counts as unset."""
        return cls({name.removeprefix(SECRET): text for name, text in environ.items() if _is_secret(name, text)})

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "Secrets":
        """Secrets by the names that the registry uses."""
        return cls({_key(name): text for name, text in texts.items()})

    def get(self, name: str) -> Secret | None:
        """The secret of a name, if this place holds it."""
        text = self._texts.get(_key(name))
        return None if text is None else Secret(name, text)


def _key(name: str) -> str:
    return name.upper().replace("-", "_")


def _is_secret(name: str, text: str) -> bool:
    return name.startswith(SECRET) and name != SECRET and bool(text.strip())


def _json_object(text: str) -> dict[str, str] | None:
    # A parser's error quotes the text: it must not even be the cause of ours.
    try:
        found = json.loads(text)
    except ValueError:
        return None
    is_of_texts = isinstance(found, dict) and all(isinstance(value, str) for value in found.values())
    return found if is_of_texts else None


def _example(scheme: str) -> str:
    return json.dumps(dict.fromkeys(KEYS.get(scheme, ("key", "secret"))[:2], "…"), ensure_ascii=False)

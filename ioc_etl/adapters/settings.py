"""Where this installation keeps and finds things, read from the environment once and handed down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ioc_etl.adapters.credentials import Secrets
from ioc_etl.adapters.patience import Patience
from ioc_etl.errors import UsageError

HOME = "IOC_ETL_HOME"
DATABASE_URL = "IOC_ETL_DATABASE_URL"
INPUT = "IOC_ETL_INPUT"
POLICY = "IOC_ETL_POLICY"
CENTRES = "IOC_ETL_CENTRES"
KNOWN_HOSTS = "IOC_ETL_KNOWN_HOSTS"


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation's places, and how its sources are approached.

    `home` is absolute; the embedded database lives below it. `database_url` null means the embedded database; it is
    not shown by `repr`, since it may hold a password. `input_root` is a folder or a URL, `policy_folder` null means the
    packaged parameters, `centres_file` null the packaged registry of centres, `known_hosts` null the user's own file.
    `secrets` are those of the environment.
    """

    home: Path
    database_url: str | None = field(default=None, repr=False)
    input_root: str | None = field(default=None, repr=False)
    policy_folder: Path | None = None
    centres_file: Path | None = None
    known_hosts: Path | None = None
    patience: Patience = field(default_factory=Patience)
    secrets: Secrets = field(default_factory=Secrets, repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read every variable; an empty one counts as unset.

        Raises:
            UsageError: neither IOC_ETL_HOME nor HOME says where to keep things, or a number is none.
        """
        return cls(
            home=_home(environ),
            database_url=_text(environ, DATABASE_URL),
            input_root=_text(environ, INPUT),
            policy_folder=_path(environ, POLICY),
            centres_file=_path(environ, CENTRES),
            known_hosts=_path(environ, KNOWN_HOSTS),
            patience=Patience.from_environment(environ),
            secrets=Secrets.from_environment(environ),
        )

    def as_environment(self) -> dict[str, str]:
        """The variables that say the same to a process with another working directory: every path is absolute."""
        root = self.input_root
        places = {
            HOME: self.home,
            DATABASE_URL: self.database_url,
            INPUT: root if root is None or "://" in root else Path(root).absolute(),
            POLICY: self.policy_folder,
            CENTRES: self.centres_file,
            KNOWN_HOSTS: self.known_hosts,
        }
        return {name: str(place) for name, place in places.items() if place is not None}


def _text(environ: Mapping[str, str], name: str) -> str | None:
    return environ.get(name, "").strip() or None


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    # Names of folders may begin or end with a space: only an empty value is unset.
    value = environ.get(name)
    return _absolute(value, environ) if value else None


def _home(environ: Mapping[str, str]) -> Path:
    given = _path(environ, HOME)
    if given is not None:
        return given
    data_home = environ.get("XDG_DATA_HOME", "")
    if Path(data_home).is_absolute():
        return Path(data_home) / "ioc-etl"
    user_home = environ.get("HOME", "")
    if not user_home:
        raise UsageError(f"Neither {HOME} nor HOME is set: set {HOME} to a folder where ioc-etl may keep its data")
    return Path(user_home).absolute() / ".local" / "share" / "ioc-etl"


def _absolute(value: str, environ: Mapping[str, str]) -> Path:
    user_home = environ.get("HOME", "")
    if user_home and (value == "~" or value.startswith("~/")):
        return Path(user_home, value[2:]).absolute()
    return Path(value).absolute()

"""What a command or a flow works with: settings, policy, database, clock. Wired here, once, by who starts the work."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from sqlalchemy import Engine

from ioc_etl.adapters.clock import Clock
from ioc_etl.adapters.credentials import SECRET_OF_INPUT, Secret, Secrets, variable_of
from ioc_etl.adapters.database import engine_for
from ioc_etl.adapters.migrate import upgrade
from ioc_etl.adapters.policy_files import PolicyTexts, policy_texts
from ioc_etl.adapters.settings import Settings
from ioc_etl.adapters.sources import InputRoot
from ioc_etl.core.month import last_day
from ioc_etl.errors import SourceError, UsageError
from ioc_etl.policy.model import Centre, Policy
from ioc_etl.policy.resolve import centres_at

Progress = Callable[[str, int, int], None]
"""Told while a long step goes on: what is being done, how many are done, how many there are."""


def no_progress(step: str, done: int, total: int) -> None:
    """Nobody is watching."""


@dataclass(frozen=True)
class Services:
    """One installation at work. The database is opened (and brought up to date) when it is first needed.

    `kept_secrets` are those that whoever starts the work keeps for it; the environment's stand above them.
    """

    settings: Settings
    clock: Clock = field(default_factory=Clock)
    kept_secrets: Secrets = field(default_factory=Secrets, repr=False)

    @cached_property
    def policy_texts(self) -> PolicyTexts:
        """The policy's files in the folder of the settings, or the packaged ones."""
        return policy_texts(self.settings.policy_folder, self.settings.centres_file)

    @cached_property
    def policy(self) -> Policy:
        """The policy of those files."""
        return self.policy_texts.policy()

    def with_policy(self, texts: PolicyTexts) -> "Services":
        """The same installation with the policy of other texts: an earlier day's, for a replay."""
        other = replace(self)
        other.__dict__["policy_texts"] = texts
        return other

    @cached_property
    def engine(self) -> Engine:
        """The database, at the schema of this program."""
        engine = engine_for(self.settings)
        upgrade(engine)
        return engine

    @cached_property
    def root(self) -> InputRoot:
        """The input root.

        Raises:
            UsageError: nobody said where the rosters are.
        """
        if self.settings.input_root is None:
            raise UsageError("where are the rosters? name the folder with --input or IOC_ETL_INPUT")
        return self._root_at(self.settings.input_root, self._secret(SECRET_OF_INPUT))

    def own_root_of(self, centre: Centre) -> InputRoot | None:
        """A centre's own root, where the registry names one; closed by who asks for it.

        Raises:
            SourceError: it cannot be opened, or the secret that the registry names for it is nowhere.
        """
        if centre.source_url is None:
            return None
        secret = self._secret(centre.source_secret) if centre.source_secret else None
        if secret is None and centre.source_secret:
            raise SourceError(
                f"the secret {centre.source_secret} of {centre.code} is nowhere; set "
                f"{variable_of(centre.source_secret)}, or in Prefect the Secret block ioc-etl-{centre.source_secret}"
            )
        return self._root_at(centre.source_url, secret)

    def _root_at(self, place: str, secret: Secret | None) -> InputRoot:
        settings = self.settings
        return InputRoot(place, secret=secret, known_hosts=settings.known_hosts, seconds=settings.patience.seconds)

    def _secret(self, name: str) -> Secret | None:
        return self.settings.secrets.get(name) or self.kept_secrets.get(name)

    def centres_in(self, month: date) -> dict[str, Centre]:
        """The registry of centres as it is in the month, by code: names, what titles call them, who pays."""
        return centres_at(self.policy, month)

    def open_centres(self, month: date) -> dict[str, Centre]:
        """The centres that are open on any day of the month, by code."""
        return {
            code: centre
            for code, centre in self.centres_in(month).items()
            if centre.is_open_between(month, last_day(month))
        }

    def centre(self, code: str, month: date | None = None) -> Centre:
        """The centre of a code, as it is in the month where one is given.

        Raises:
            UsageError: there is none.
        """
        if code not in self.policy.centres:
            known = ", ".join(list(self.policy.centres)[:12])
            raise UsageError(
                f"there is no centre {code!r}; centres are {known}",
                f"không có Trung tâm {code!r}; các Trung tâm là {known}",
            )
        return (self.policy.centres if month is None else self.centres_in(month))[code]

"""Who asks: a name and a password from the terminal, from standard input, or a token in the environment."""

import getpass
import os
import sys
from dataclasses import dataclass

from ioc_etl.cli.words_ledger import ledger_words
from ioc_etl.errors import UsageError
from ioc_etl.pipeline.actors import SYSTEM, Credentials, authenticate, refuse_short
from ioc_etl.pipeline.services import Services

ACTOR, TOKEN = "IOC_ETL_ACTOR", "IOC_ETL_TOKEN"


@dataclass(frozen=True, slots=True)
class Asking:
    """How a command learns who asks. With `reads_stdin` every password is a line of standard input, in turn."""

    name: str | None
    reads_stdin: bool
    lang: str

    @property
    def actor(self) -> str | None:
        """The name given, else the environment's."""
        return self.name or os.environ.get(ACTOR, "").strip() or None


def acting(services: Services, asking: Asking) -> str:
    """The account that asks, once it has proved it.

    Raises:
        UsageError: nobody says who asks.
        AuthenticationError: the password or token is wrong.
    """
    token = os.environ.get(TOKEN, "").strip() or None
    if token is not None:
        return authenticate(services, Credentials(asking.actor, token=token))
    return with_password(services, asking)


def token_holder(services: Services) -> str:
    """The account of the token in the environment; without one, whoever has the database. Raises: as `acting`."""
    token = os.environ.get(TOKEN, "").strip()
    return authenticate(services, Credentials(None, token=token)) if token else SYSTEM


def with_password(services: Services, asking: Asking) -> str:
    """The account that asks, by its password whatever the environment holds. Raises: as `acting`."""
    if asking.actor is None:
        raise UsageError(
            f"who asks? say so with --as NAME or {ACTOR}", f"ai yêu cầu? hãy ghi --as TÊN hoặc đặt biến {ACTOR}"
        )
    password = asked(asking, "ask_password", name=asking.actor)
    return authenticate(services, Credentials(asking.actor, password=password))


def asked(asking: Asking, word: str, **values: str) -> str:
    """A password, not shown; never an argument, never in the environment."""
    if asking.reads_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError(
            "a password is asked for on a terminal; a script gives it with --password-stdin",
            "mật khẩu chỉ hỏi tại màn hình lệnh; kịch bản chạy tự động thì dùng --password-stdin",
        )
    return getpass.getpass(ledger_words(asking.lang)[word].format(**values))


def asked_new(asking: Asking, name: str) -> str:
    """A new password, asked twice on a terminal.

    Raises:
        UsageError: it is too short, or the two are not the same.
    """
    first = asked(asking, "ask_new_password", name=name)
    refuse_short(first)
    if not asking.reads_stdin and asked(asking, "ask_again", name=name) != first:
        raise UsageError("the two passwords are not the same", "hai lần nhập mật khẩu không giống nhau")
    return first

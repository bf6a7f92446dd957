"""Accounts: who asks, and who may ask for what."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import sleep

from sqlalchemy import Connection

from ioc_etl.adapters import audit, passwords
from ioc_etl.adapters.store_actors import (
    Account,
    actor_of_token,
    change_account,
    has_role,
    hold_accounts,
    is_known,
    read_accounts,
    read_password_hash,
    write_account,
)
from ioc_etl.errors import AuthenticationError, RefusedError, UsageError
from ioc_etl.pipeline.kept_texts import refuse_bad_full_name
from ioc_etl.pipeline.services import Services
from ioc_etl.reports.terms import told_role
from schemas.vocabulary import Role

SYSTEM, UNKNOWN = "system", "unknown"
"""Who does what nobody asked for by name; who an event names that no account is."""

SHORTEST_PASSWORD = 10
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
_PAUSE_AFTER_FAILURE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who says to ask, and what proves it: a password, or a token, which tells the account by itself."""

    name: str | None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)


def authenticate(services: Services, credentials: Credentials) -> str:
    """The account of these credentials.

    Raises:
        AuthenticationError: they are nobody's, or a disabled account's; written down without the password.
    """
    with services.engine.begin() as connection:
        actor = _actor_of(connection, credentials)
        if actor is not None:
            return actor
        known = credentials.name if credentials.name and is_known(connection, credentials.name) else UNKNOWN
        event = audit.AuditEvent(services.clock.now(), known, audit.LOGIN_FAILED, detail={"by": _by(credentials)})
        audit.record(connection, event)
    sleep(_PAUSE_AFTER_FAILURE_SECONDS)
    raise AuthenticationError(
        "the token is nobody's, or another account's; make a new one with: ioc-etl user token"
        if credentials.token is not None
        else "the name or the password is wrong, or the account is disabled; see: ioc-etl user list",
        "mã truy cập không của ai, hoặc của tài khoản khác; tạo mã mới bằng: ioc-etl user token"
        if credentials.token is not None
        else "sai tên hoặc mật khẩu, hoặc tài khoản đã bị khóa; xem: ioc-etl user list",
    )


def _by(credentials: Credentials) -> str:
    return "password" if credentials.token is None else "token"


def _actor_of(connection: Connection, credentials: Credentials) -> str | None:
    if credentials.token is not None:
        owner = actor_of_token(connection, passwords.token_sha256(credentials.token))
        return owner if credentials.name in {None, owner} else None
    name, password = credentials.name or "", credentials.password or ""
    stored = read_password_hash(connection, name)
    if not passwords.is_right(stored, password):
        return None
    if stored is not None and passwords.is_outdated(stored):
        change_account(connection, name, password_hash=passwords.hashed(password))
    return name


def require_role(connection: Connection, actor: str, *roles: Role) -> None:
    """Raises: RefusedError when the account has none of the roles, or is disabled."""
    if not has_role(connection, actor, *roles):
        names, told = ", ".join(roles), ", ".join(told_role(role) for role in roles)
        raise RefusedError(
            f"account {actor!r} has none of the roles {names}, or is disabled",
            f"tài khoản {actor!r} không có vai trò {told}, hoặc đã bị khóa",
        )


def refuse_runner(services: Services, actor: str) -> None:
    """A month is run by the system itself, or by an operator, finance or an admin.

    Raises: RefusedError when the account has none of the roles, or is disabled.
    """
    if actor != SYSTEM:
        with services.engine.connect() as connection:
            require_role(connection, actor, Role.OPERATOR, Role.FINANCE, Role.ADMIN)


def has_accounts(services: Services) -> bool:
    """Whether there is any account yet: the first one is made without one."""
    return bool(users(services))


def users(services: Services) -> tuple[Account, ...]:
    """Every account by name."""
    with services.engine.connect() as connection:
        return read_accounts(connection)


def add_user(
    services: Services, *, by: str | None, name: str, full_name: str, roles: Collection[str], password: str
) -> None:
    """A new account. The first one is an admin's, made by whoever has the database (`by` is null); then an admin adds.

    Raises:
        UsageError: the name is taken or cannot be one, a role is unknown, the password is too short.
        RefusedError: `by` may not.
    """
    wanted = _roles(roles)
    _refuse_bad_name(name, full_name)
    refuse_short(password)
    with services.engine.begin() as connection:
        hold_accounts(connection)
        is_first = not read_accounts(connection)
        if by is not None:
            require_role(connection, by, Role.ADMIN)
        elif not is_first:
            raise UsageError("there are accounts already: say who asks with --as NAME")
        elif Role.ADMIN not in wanted:
            raise UsageError("the first account must have the role admin: it makes the others")
        if is_known(connection, name):
            raise UsageError(f"there is an account {name!r} already")
        now = services.clock.now()
        account = Account(name, full_name.strip(), wanted, True, False, now, by or SYSTEM)  # noqa: FBT003
        write_account(connection, account, passwords.hashed(password))
        _record(services, connection, by or SYSTEM, "add", name, roles=list(wanted))


def set_roles(services: Services, *, by: str, name: str, roles: Collection[str]) -> None:
    """Give an account other roles. Raises: as `add_user`; RefusedError for one's own."""
    wanted = _roles(roles)
    with _changing(services, by, name) as connection:
        change_account(connection, name, roles=list(wanted))
        _record(services, connection, by, "role", name, roles=list(wanted))


def set_active(services: Services, *, by: str, name: str, is_active: bool) -> None:
    """Disable an account, or let it in again; its token is gone either way. Raises: as `set_roles`."""
    with _changing(services, by, name) as connection:
        change_account(connection, name, is_active=is_active, token_sha256=None)
        _record(services, connection, by, "enable" if is_active else "disable", name)


def change_password(services: Services, *, name: str, password: str) -> None:
    """Give one's own account another password; its token is gone. Raises: UsageError when it is too short."""
    refuse_short(password)
    with services.engine.begin() as connection:
        change_account(connection, name, password_hash=passwords.hashed(password), token_sha256=None)
        _record(services, connection, name, "password", name)


def renew_token(services: Services, *, name: str) -> str:
    """A new token for one's own account; the one before is no good from now on."""
    token = passwords.new_token()
    with services.engine.begin() as connection:
        change_account(connection, name, token_sha256=passwords.token_sha256(token))
        _record(services, connection, name, "token", name)
    return token


def refuse_short(password: str) -> None:
    """Raises: UsageError when a password is too short to be one."""
    if len(password) < SHORTEST_PASSWORD:
        raise UsageError(
            f"a password has {SHORTEST_PASSWORD} characters or more", f"mật khẩu có từ {SHORTEST_PASSWORD} ký tự"
        )


@contextmanager
def _changing(services: Services, by: str, name: str) -> Iterator[Connection]:
    with services.engine.begin() as connection:
        hold_accounts(connection)
        require_role(connection, by, Role.ADMIN)
        if not is_known(connection, name):
            raise UsageError(
                f"there is no account {name!r}; see: ioc-etl user list",
                f"không có tài khoản {name!r}; xem: ioc-etl user list",
            )
        if by == name:
            raise RefusedError(
                "nobody changes their own roles or disables themselves: another admin does",
                "không ai tự đổi vai trò hoặc tự khóa tài khoản của mình: nhờ quản trị khác",
            )
        yield connection


def _roles(roles: Collection[str]) -> tuple[str, ...]:
    unknown = sorted(set(roles) - set(Role))
    if unknown or not roles:
        raise UsageError(f"there is no role {', '.join(unknown) or 'given'}; roles are {', '.join(Role)}")
    return tuple(sorted(set(roles)))


def _refuse_bad_name(name: str, full_name: str) -> None:
    if not _NAME.fullmatch(name) or name in {SYSTEM, UNKNOWN}:
        raise UsageError("an account's name has 2 to 63 small letters, digits, dots and dashes, such as thu.nguyen")
    refuse_bad_full_name(full_name)


def _record(
    services: Services, connection: Connection, by: str, what: str, name: str, *, roles: list[str] | None = None
) -> None:
    detail: dict[str, str | int | bool | list[str] | None] = {"what": what, "account": name}
    if roles is not None:
        detail["roles"] = roles
    audit.record(connection, audit.AuditEvent(services.clock.now(), by, audit.USER, detail=detail))

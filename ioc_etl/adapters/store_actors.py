"""Accounts of the system: who may do what, and what is kept of passwords and tokens."""

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ioc_etl.adapters.tables import ACTOR

_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtext('ioc-etl'), hashtext('actor'))")


@dataclass(frozen=True, slots=True)
class Account:
    """One account as others may see it."""

    actor: str
    full_name: str = field(repr=False)
    roles: tuple[str, ...]
    is_active: bool
    has_token: bool
    created_at: datetime
    created_by: str


def read_accounts(connection: sa.Connection) -> tuple[Account, ...]:
    """Every account by name, disabled ones too."""
    table = ACTOR.c
    columns = (table.actor, table.full_name, table.roles, table.is_active, table.token_sha256.is_not(None))
    rows = connection.execute(sa.select(*columns, table.created_at, table.created_by).order_by(table.actor))
    return tuple(Account(row[0], row[1], tuple(row[2]), *row[3:]) for row in rows)


def read_password_hash(connection: sa.Connection, actor: str) -> str | None:
    """The hash of an active account's password."""
    table = ACTOR.c
    return connection.scalar(sa.select(table.password_hash).where(table.actor == actor, table.is_active))


def actor_of_token(connection: sa.Connection, sha256: str) -> str | None:
    """The active account whose token it is."""
    table = ACTOR.c
    return connection.scalar(sa.select(table.actor).where(table.token_sha256 == sha256, table.is_active))


def is_known(connection: sa.Connection, actor: str) -> bool:
    """Whether there is an account of that name, active or not."""
    return connection.scalar(sa.select(ACTOR.c.actor).where(ACTOR.c.actor == actor)) is not None


def has_role(connection: sa.Connection, actor: str, *roles: str) -> bool:
    """Whether an active account of that name has one of the roles."""
    table = ACTOR.c
    may = table.roles.overlap(sa.cast(list(roles), ARRAY(sa.Text())))
    return connection.scalar(sa.select(table.actor).where(table.actor == actor, table.is_active, may)) is not None


def hold_accounts(connection: sa.Connection) -> None:
    """One change of accounts at a time, until the transaction ends: two first accounts are one too many."""
    connection.execute(_LOCK)


def write_account(connection: sa.Connection, account: Account, password_hash: str) -> None:
    """A new account."""
    connection.execute(
        sa.insert(ACTOR).values(
            actor=account.actor,
            full_name=account.full_name,
            password_hash=password_hash,
            roles=list(account.roles),
            is_active=account.is_active,
            created_at=account.created_at,
            created_by=account.created_by,
        )
    )


def change_account(connection: sa.Connection, actor: str, **values: object) -> None:
    """Other roles, password or token; disabled or not."""
    connection.execute(sa.update(ACTOR).where(ACTOR.c.actor == actor).values(**values))

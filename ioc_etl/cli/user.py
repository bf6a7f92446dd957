"""`ioc-etl user`: accounts, their roles, passwords and tokens."""

from collections.abc import Sequence

from ioc_etl.cli.acting import Asking, acting, asked_new, with_password
from ioc_etl.cli.console import note, say, say_json, table
from ioc_etl.cli.wiring import services_of
from ioc_etl.cli.words_audit import told_actor, told_role
from ioc_etl.cli.words_ledger import USERS_HEADER, ledger_words
from ioc_etl.pipeline import actors as pipeline


def add(name: str, full_name: str, roles: Sequence[str], asking: Asking) -> int:
    """Add an account; an admin does, but for the first one."""
    services = services_of()
    by = acting(services, asking) if pipeline.has_accounts(services) else None
    password = asked_new(asking, name)
    pipeline.add_user(services, by=by, name=name, full_name=full_name, roles=roles, password=password)
    return _tell(asking, "user_added", name)


def show(*, as_json: bool, lang: str) -> int:
    """Every account."""
    spoken = ledger_words(lang)
    found = pipeline.users(services_of())
    if as_json:
        shown = [
            {"name": user.actor, "full_name": user.full_name, "roles": list(user.roles), "is_active": user.is_active}
            for user in found
        ]
        say_json({"users": shown})
    elif not found:
        say(spoken["no_users"])
    else:
        rows = [
            [
                user.actor,
                user.full_name,
                ", ".join(told_role(role, lang) for role in user.roles),
                spoken["active" if user.is_active else "disabled"],
                told_actor(user.created_by, lang),
            ]
            for user in found
        ]
        table(USERS_HEADER[lang], rows)
    return 0


def role(name: str, roles: Sequence[str], asking: Asking) -> int:
    """Give an account other roles."""
    services = services_of()
    pipeline.set_roles(services, by=acting(services, asking), name=name, roles=roles)
    return _tell(asking, "user_changed", name)


def switch(name: str, asking: Asking, *, is_active: bool) -> int:
    """Disable an account, or let it in again."""
    services = services_of()
    pipeline.set_active(services, by=acting(services, asking), name=name, is_active=is_active)
    return _tell(asking, "user_enabled" if is_active else "user_disabled", name)


def password(asking: Asking) -> int:
    """Change one's own password; the old one is asked for, a token will not do and is good no more."""
    services = services_of()
    own = with_password(services, asking)
    pipeline.change_password(services, name=own, password=asked_new(asking, own))
    return _tell(asking, "password_changed", own)


def token(asking: Asking) -> int:
    """Make a token for one's own account; the password is asked for."""
    services = services_of()
    own = with_password(services, asking)
    made = pipeline.renew_token(services, name=own)
    note(ledger_words(asking.lang)["token"].format(name=own))
    say(made)
    return 0


def _tell(asking: Asking, word: str, name: str) -> int:
    say(ledger_words(asking.lang)[word].format(name=name))
    return 0

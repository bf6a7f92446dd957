"""Accounts: the first one, those it makes, passwords, tokens, and what is written down of all that."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from locks import until_waiting

from ioc_etl.adapters import audit
from ioc_etl.adapters.clock import Clock
from ioc_etl.errors import AuthenticationError, RefusedError, UsageError
from ioc_etl.pipeline import actors
from ioc_etl.pipeline.actors import Credentials, authenticate
from ioc_etl.pipeline.services import Services
from tests.conftest import Database

SECRET, OTHER_SECRET = "mật khẩu số một", "mật khẩu số hai"


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actors, "_PAUSE_AFTER_FAILURE_SECONDS", 0)


@pytest.fixture
def services(database: Database) -> Services:
    """One admin, `quan-tri`."""
    services = Services(database.settings, Clock.stopped_at(datetime(2022, 3, 1, tzinfo=UTC)))
    actors.add_user(services, by=None, name="quan-tri", full_name="Lê Thị Thử", roles=["admin"], password=SECRET)
    return services


def add(services: Services, name: str = "ngan", **difference: object) -> None:
    given = {"by": "quan-tri", "full_name": "Trần Thị Ngân", "roles": ["finance"], "password": SECRET}
    actors.add_user(services, name=name, **{**given, **difference})  # type: ignore[arg-type]


def everything_written(services: Services) -> str:
    with services.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT to_jsonb(e) FROM payroll.audit_event e ORDER BY seq"))
        return json.dumps([row[0] for row in rows], ensure_ascii=False)


def test_the_first_account_is_an_admins_and_needs_nobody(database: Database) -> None:
    services = Services(database.settings)
    with pytest.raises(UsageError, match="must have the role admin"):
        add(services, by=None)
    add(services, by=None, roles=["admin", "finance"])
    assert [(user.actor, user.roles, user.created_by) for user in actors.users(services)] == [
        ("ngan", ("admin", "finance"), "system")
    ]


def test_the_second_account_needs_an_admin(services: Services) -> None:
    with pytest.raises(UsageError, match="say who asks"):
        add(services, by=None, roles=["admin"])
    add(services)
    with pytest.raises(RefusedError, match="none of the roles admin"):
        add(services, "lan", by="ngan")
    with pytest.raises(UsageError, match="already"):
        add(services)


@pytest.mark.parametrize(
    ("difference", "match"),
    [
        ({"name": "Ngân"}, "small letters"),
        ({"name": "system"}, "small letters"),
        ({"name": "x"}, "small letters"),
        ({"roles": ["boss"]}, "there is no role boss"),
        ({"roles": []}, "there is no role"),
        ({"password": "ngắn"}, "10 characters"),
        ({"full_name": "\u200b \u0301"}, "whose account"),
        ({"full_name": "Lê \x1b[31mThị"}, "without control characters"),
        ({"full_name": "Lê\nThị"}, "without control characters"),
        ({"full_name": " "}, "--full-name"),
    ],
)
def test_an_account_that_cannot_be_is_not_made(services: Services, difference: dict[str, object], match: str) -> None:
    with pytest.raises(UsageError, match=match):
        add(services, **difference)
    assert len(actors.users(services)) == 1


def test_a_right_password_is_told_from_a_wrong_one_and_failures_are_written_down(services: Services) -> None:
    assert authenticate(services, Credentials("quan-tri", password=SECRET)) == "quan-tri"
    for name in ("quan-tri", "nobody", None):
        with pytest.raises(AuthenticationError, match=r"the name or the password is wrong.*see: ioc-etl user list"):
            authenticate(services, Credentials(name, password=OTHER_SECRET))
    with services.engine.connect() as connection:
        failed = connection.scalars(
            sa.text("SELECT actor FROM payroll.audit_event WHERE action = 'login_failed' ORDER BY seq")
        )
        assert list(failed) == ["quan-tri", "unknown", "unknown"]


def test_what_is_written_down_holds_no_password_no_token_and_no_unknown_name(services: Services) -> None:
    add(services)
    token = actors.renew_token(services, name="ngan")
    actors.change_password(services, name="ngan", password=OTHER_SECRET)
    with pytest.raises(AuthenticationError):
        authenticate(services, Credentials(SECRET, password=OTHER_SECRET))
    text = everything_written(services) + repr(Credentials("ngan", SECRET, token)) + repr(actors.users(services))
    for secret in (SECRET, OTHER_SECRET, token, "Ngân"):
        assert secret not in text


def test_a_token_stands_for_the_password_until_the_next_one(services: Services) -> None:
    add(services)
    first = actors.renew_token(services, name="ngan")
    assert authenticate(services, Credentials(None, token=first)) == "ngan"
    assert authenticate(services, Credentials("ngan", token=first)) == "ngan"
    with pytest.raises(AuthenticationError, match="the token is"):
        authenticate(services, Credentials("quan-tri", token=first))
    actors.renew_token(services, name="ngan")
    with pytest.raises(AuthenticationError, match="the token is"):
        authenticate(services, Credentials(None, token=first))


def test_a_token_does_not_outlive_the_password_that_it_stands_for(services: Services) -> None:
    add(services)
    token = actors.renew_token(services, name="ngan")
    actors.change_password(services, name="ngan", password=OTHER_SECRET)
    with pytest.raises(AuthenticationError, match="the token is"):
        authenticate(services, Credentials(None, token=token))


def test_a_disabled_account_is_nobody_until_it_is_let_in_again(services: Services) -> None:
    add(services)
    token = actors.renew_token(services, name="ngan")
    actors.set_active(services, by="quan-tri", name="ngan", is_active=False)
    for credentials in (Credentials("ngan", password=SECRET), Credentials(None, token=token)):
        with pytest.raises(AuthenticationError):
            authenticate(services, credentials)
    actors.set_active(services, by="quan-tri", name="ngan", is_active=True)
    assert authenticate(services, Credentials("ngan", password=SECRET)) == "ngan"


def test_nobody_changes_their_own_roles_or_shuts_themselves_out(services: Services) -> None:
    with pytest.raises(RefusedError, match="another admin does") as refusal:
        actors.set_roles(services, by="quan-tri", name="quan-tri", roles=["admin", "approver"])
    assert "quản trị khác" in refusal.value.vi
    with pytest.raises(RefusedError, match="another admin does"):
        actors.set_active(services, by="quan-tri", name="quan-tri", is_active=False)
    with pytest.raises(UsageError, match="there is no account"):
        actors.set_roles(services, by="quan-tri", name="lan", roles=["auditor"])
    add(services)
    actors.set_roles(services, by="quan-tri", name="ngan", roles=["auditor", "centre"])
    assert actors.users(services)[0].roles == ("auditor", "centre")


def test_a_password_changed_is_the_only_one(services: Services) -> None:
    actors.change_password(services, name="quan-tri", password=OTHER_SECRET)
    assert authenticate(services, Credentials("quan-tri", password=OTHER_SECRET)) == "quan-tri"
    with pytest.raises(AuthenticationError):
        authenticate(services, Credentials("quan-tri", password=SECRET))


@pytest.mark.parametrize("change", ["token", "disable"])
def test_a_changed_token_and_an_event_of_that_account_do_not_wait_for_each_other(
    services: Services, change: str
) -> None:
    add(services)

    def changed() -> None:
        if change == "token":
            actors.renew_token(services, name="ngan")
        else:
            actors.set_active(services, by="quan-tri", name="ngan", is_active=False)

    with ThreadPoolExecutor(1) as beside, services.engine.begin() as approval:
        audit.next_seq(approval)
        done = beside.submit(changed)
        until_waiting(services.engine)
        approval.execute(sa.text("SELECT FROM payroll.actor WHERE actor = 'ngan' FOR KEY SHARE"))
        approval.commit()
        done.result(timeout=30)

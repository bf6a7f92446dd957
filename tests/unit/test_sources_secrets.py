"""Credentials by name: found, told by name when they cannot do, and never shown."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ioc_etl.adapters.credentials import Secret, Secrets, variable_of
from ioc_etl.adapters.settings import Settings
from ioc_etl.errors import PolicyError, SourceError
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.model import Centre
from ioc_etl.policy.parse_centres import parse_centres
from ioc_etl.policy.strict_yaml import read_document
from schemas.vocabulary import CentreKind

CENTRE = Centre("dong-xoai", "Đồng Xoài", CentreKind.DISTRICT, "dong-xoai", date(2021, 5, 1), None, ())
REGISTRY = """\
centres:
  dong-xoai:
    name: Đồng Xoài
    kind: district
    reference: Văn bản thử
"""


def refusal(text: str, scheme: str = "sftp") -> str:
    with pytest.raises(SourceError) as refused:
        Secret("dong-xoai", text).values(scheme)
    assert "hidden" not in str(refused.value)
    assert refused.value.__cause__ is refused.value.__context__ is None
    return str(refused.value)


def test_a_name_stands_for_a_variable() -> None:
    assert variable_of("dong-xoai") == "IOC_ETL_SECRET_DONG_XOAI"
    secrets = Secrets.from_environment({"IOC_ETL_SECRET_DONG_XOAI": "{}", "IOC_ETL_SECRET_TINH": " ", "PATH": "/bin"})
    assert secrets.get("dong-xoai") == Secret("dong-xoai", "{}")
    assert secrets.get("tinh") is None


def test_a_secret_is_one_object_of_the_keys_that_its_scheme_knows() -> None:
    assert Secret("x", '{"token": "t"}').values("https") == {"token": "t"}
    assert "https does not know; it may have username, password, token" in refusal('{"key": "hidden"}', "https")
    assert "has passwort, which sftp does not know" in refusal('{"passwort": "hidden"}')


@pytest.mark.parametrize("text", ["hidden", '["hidden"]', '{"password": 4711}', '{"password": "hidden'])
def test_what_is_no_object_of_texts_is_told_without_its_text(text: str) -> None:
    assert "no JSON object of texts" in refusal(text)


def test_a_line_break_in_a_value_is_told_by_its_key() -> None:
    assert "line break or the like in token" in refusal(json.dumps({"token": "hidden\r\nX-Other: 1"}), "https")


def test_secrets_are_never_shown() -> None:
    secrets = Secrets.of({"input": '{"password": "hidden"}'})
    services = Services(Settings(Path("/h"), secrets=secrets), kept_secrets=secrets)
    assert "hidden" not in f"{secrets!r} {secrets.get('input')!r} {services!r}"


def test_the_environment_stands_above_what_is_kept_elsewhere(tmp_path: Path) -> None:
    centre = replace(CENTRE, source_url=f"file://{tmp_path}", source_secret="theirs")
    kept = Secrets.of({"theirs": "no JSON"})
    settings = Settings(tmp_path, secrets=Secrets.from_environment({"IOC_ETL_SECRET_THEIRS": "{}"}))
    assert Services(settings, kept_secrets=kept).own_root_of(centre) is not None
    with pytest.raises(SourceError, match="the secret theirs is no JSON object"):
        Services(Settings(tmp_path), kept_secrets=kept).own_root_of(centre)


def test_a_secret_that_the_registry_names_and_nobody_has_is_told(tmp_path: Path) -> None:
    centre = replace(CENTRE, source_url="sftp://host/ioc", source_secret="their-own")
    with pytest.raises(SourceError, match="IOC_ETL_SECRET_THEIR_OWN, or in Prefect the Secret block ioc-etl-their-own"):
        Services(Settings(tmp_path)).own_root_of(centre)


def test_the_registry_names_a_secret_for_an_address() -> None:
    text = REGISTRY + "    source_url: sftp://ioc@host:2022/ho-so\n    source_secret: dong-xoai-sftp\n"
    centre = parse_centres(read_document("centres.yaml", text))["dong-xoai"]
    assert (centre.source_url, centre.source_secret) == ("sftp://ioc@host:2022/ho-so", "dong-xoai-sftp")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("    source_url: sftp://user:hidden@host/ioc", "line 6: centres.dong-xoai.source_url: an address holds no"),
        ("    source_url: sftp://user:hid/den@host/ioc", "an address holds no password"),
        ("    source_url: https://host/ioc?token=hidden", "an address holds no password and no query"),
        ("    source_secret: dong-xoai", "line 6: centres.dong-xoai.source_secret: a secret is for the address"),
        ("    source_url: /srv/ioc\n    source_secret: dong-xoai", "a secret is for the address"),
        ("    source_url: sftp://h/x\n    source_secret: Hidden_One", "String should match pattern"),
    ],
)
def test_a_registry_with_a_password_or_a_needless_secret_is_refused(lines: str, said: str) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_centres(read_document("centres.yaml", f"{REGISTRY}{lines}\n"))
    assert said in str(refused.value)
    assert "hidden" not in str(refused.value)

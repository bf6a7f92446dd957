"""The documents say what the program does: commands, variables, columns, codes, and the pages written from the policy.

`UPDATE_DOCS=1 .venv/bin/pytest tests/contract/test_docs.py` writes those pages anew.
"""

import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

import pytest
import yaml
from documents import PROJECT, Command, Document, document, documents
from finding_page import finding_page
from parameter_page import parameter_page
from source_code import modules
from typer.main import get_command
from view_columns import view_columns

from ioc_etl.adapters import settings
from ioc_etl.adapters.credentials import SECRET
from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.cli.app import app
from ioc_etl.cli.main import USAGE
from ioc_etl.pipeline.result import COMPLETED, FAILED, INCOMPLETE
from ioc_etl.policy.model import Policy
from schemas.vocabulary import FindingCode

GENERATED: dict[str, Callable[[Policy], str]] = {
    "docs/quy-tac.md": finding_page,
    "docs/policy-parameters.md": parameter_page,
}
VARIABLE = re.compile(r"IOC_ETL_[A-Z][A-Z_]*")
OF_CHILD_PROCESSES = {"IOC_ETL_WORKER_PROCESS"}
"""Set by the program for processes it starts; nothing for an operator."""

README = document("README.md")
RULEBOOK = document("docs/so-tay-quy-tac.md")


def commands_of(program: str) -> list[Command]:
    return [command for page in documents() for command in page.commands() if command.program == program]


def named(command: Command) -> str:
    return f"{command.document}: {' '.join(command.words)}"


def leaves(command: object, name: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command of the program, as its words."""
    below = getattr(command, "commands", None)
    if below is None:
        yield name
        return
    for word, sub in below.items():
        yield from leaves(sub, (*name, word))


@cache
def variables_in_code() -> set[str]:
    texts = {text for module in modules("ioc_etl", "flows") for text, _ in module.texts()}
    return {text for text in texts if VARIABLE.fullmatch(text)} - OF_CHILD_PROCESSES


def cited(text: str, what: str) -> set[int]:
    """The numbers of `quy tắc 10 và 11`."""
    return {
        int(number)
        for numbers in re.findall(rf"{what} (\d+(?:(?:,| và) \d+)*)", text, re.IGNORECASE)
        for number in re.findall(r"\d+", numbers)
    }


def numbered(section: str) -> set[int]:
    return {int(number) for number in re.findall(r"^(\d+)\. ", section, re.MULTILINE)}


# ---- Commands


@pytest.mark.parametrize("command", commands_of("ioc-etl"), ids=named)
def test_every_documented_command_exists_with_its_options(command: Command) -> None:
    step, words = get_command(app), list(command.words[1:])
    while hasattr(step, "commands") and words and not words[0].startswith("-"):
        assert words[0] in step.commands, f"there is no command {words[0]}"
        step = step.commands[words.pop(0)]
    known = {name for parameter in step.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known
    if command.is_whole and not hasattr(step, "commands") and "--help" not in words:
        step.make_context(command.words[-1], words)


def test_every_command_is_documented_in_the_readme() -> None:
    shown = [command.words[1:] for command in README.commands() if command.program == "ioc-etl"]
    missing = [
        " ".join(leaf) for leaf in leaves(get_command(app)) if not any(words[: len(leaf)] == leaf for words in shown)
    ]
    assert missing == []


def test_the_readme_begins_with_the_three_commands_of_make() -> None:
    first_screen = "\n".join(README.text.splitlines()[:24])
    for target in ("make demo", "make test", "make setup"):
        assert target in first_screen


@pytest.mark.parametrize("command", commands_of("make"), ids=named)
def test_every_documented_target_of_make_exists(command: Command) -> None:
    targets = re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(command.words[1:2]) <= set(targets)


@pytest.mark.parametrize(
    "command", [command for command in commands_of("prefect") if command.words[1:3] == ("deployment", "run")], ids=named
)
def test_every_documented_deployment_exists(command: Command) -> None:
    deployments = yaml.safe_load((PROJECT / "prefect.yaml").read_text("utf-8"))["deployments"]
    assert command.words[3].partition("/")[2] in {deployment["name"] for deployment in deployments}


def test_the_readme_explains_every_exit_code() -> None:
    explained = {int(code) for code in re.findall(r"^\| (\d) \| ", README.text, re.MULTILINE)}
    assert explained == {COMPLETED, FAILED, USAGE, INCOMPLETE}


# ---- Environment variables


def test_the_readme_lists_exactly_the_variables_that_the_program_reads() -> None:
    listed = set(re.findall(r"^\| `(IOC_ETL_[A-Z_]+)(?:<NAME>)?` \| ", README.text, re.MULTILINE))
    assert listed == variables_in_code()


def test_the_settings_are_among_them() -> None:
    of_settings = {value for name, value in vars(settings).items() if name.isupper() and VARIABLE.match(str(value))}
    assert of_settings <= variables_in_code()
    assert of_settings


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.name)
def test_every_variable_named_anywhere_is_one_that_the_program_reads(page: Document) -> None:
    named_here = {SECRET if name.startswith(SECRET) else name for name in VARIABLE.findall(page.text)}
    assert named_here <= variables_in_code()


# ---- Views


@pytest.mark.parametrize("view", view_columns())
def test_the_glossary_explains_the_columns_of_a_view_in_their_order(view: str) -> None:
    rows = document("docs/glossary.md").table(f"state_payroll.{view}")
    assert [row[0] for row in rows] == view_columns()[view]
    assert all(len(row) == 3 and row[1] and row[2] for row in rows)


def test_the_contract_has_four_views() -> None:
    assert set(view_columns()) == {"payment_record", "exception_report", "row_outcome", "centre_month"}


# ---- Pages written from the policy


@pytest.mark.parametrize("name", GENERATED)
def test_a_page_written_from_the_policy_is_current(name: str) -> None:
    path, wanted = PROJECT / name, GENERATED[name](load_policy())
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(wanted, "utf-8")
    assert path.read_text("utf-8") == wanted, f"{name} is not current; UPDATE_DOCS=1 writes it anew"


def test_every_clause_that_is_cited_stands_in_the_rulebook() -> None:
    policy = load_policy()
    citations = " ; ".join(
        [text.legal_basis for text in policy.findings.values()]
        + [parameter.clause for parameter in policy.parameters.values()]
    )
    rules = RULEBOOK.text.split("## Mục 1.")[1].split("## Mục 2.")[0]
    readings = RULEBOOK.text.split("### Cách hiểu")[1].split("## Mục 5.")[0]
    sections = {int(number) for number in re.findall(r"^## Mục (\d+)\.", RULEBOOK.text, re.MULTILINE)}
    assert cited(citations, "quy tắc") <= numbered(rules) == set(range(1, 19))
    assert cited(citations, "cách hiểu") <= numbered(readings) == set(range(1, 21))
    assert cited(citations, "quy tắc mục") <= sections


# ---- Links and writing


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Document) -> None:
    for link in page.links():
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = Document((page.path.parent / file).resolve() if file else page.path)
        assert target.path.exists(), link
        assert not anchor or anchor in target.anchors(), link


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.name)
def test_documents_are_written_in_composed_unicode(page: Document) -> None:
    assert unicodedata.is_normalized("NFC", page.text)


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.name)
def test_every_finding_named_in_a_document_exists(page: Document) -> None:
    codes = {str(code) for code in FindingCode}
    prefixes = {code.partition("_")[0] for code in codes}
    named_here = {
        name for name in re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", page.text) if name.partition("_")[0] in prefixes
    }
    assert named_here <= codes

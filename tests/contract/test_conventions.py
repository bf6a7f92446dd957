"""The project's habits, as tests."""

import ast
import re
import unicodedata

import pytest
from documents import PROJECT, document
from source_code import files_of_the_project, frames, modules
from view_columns import view_columns

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.policy import shapes
from ioc_etl.policy.model import Policy
from schemas.vocabulary import FindingCode

ROOMS = ("ioc_etl", "flows", "schemas")
RULES = modules("ioc_etl/core/rules")
DECIDING = [
    *RULES,
    *modules(
        "ioc_etl/core/decide.py",
        "ioc_etl/core/facts.py",
        "ioc_etl/core/judge.py",
        "ioc_etl/core/settle.py",
        "ioc_etl/core/close.py",
        "ioc_etl/core/transform.py",
        "ioc_etl/core/intake.py",
    ),
    *[module for module in modules("ioc_etl/core") if module.path.stem.startswith("impact")],
]
"""Where the rulebook's small numbers would stand if they stood in code; readers of files count columns and digits."""

NO_POLICY = {10: "tenths of a coefficient", 100: "per cent", 13: "one past the twelfth month"}
SMALLEST_SUM_OF_MONEY = 10_000
LONGEST_MODULE = 350
MACHINE = re.compile(r"(?<![\w.-])/(?:work|workspace|builds)/\w")
HOME = re.compile(r"(?<![\w.-])/(?:home|Users|root)/\w")
PACKAGE_INDEX = re.compile(
    r"https?://[\w.-]*(?:pypi|pythonhosted|anaconda|npmjs)|--(?:extra-)?index-url|--(?:find-links|trusted-host)"
)
CLOCK = re.compile(
    r"\b(?:datetime|date|dt)\.(?:now|utcnow|today)\b|\btime\.(?:time|time_ns|localtime|gmtime|ctime|strftime)\b"
)
CLOCK_OF_SQL = re.compile(r"\bnow\(\)|\b(?:clock|statement|transaction)_timestamp\b|\bcurrent_(?:date|timestamp)\b")
GLOSSARY = document("docs/glossary.md")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


def whole_numbers_in(value: object) -> set[int]:
    """Every number of a parameter's value, however deep."""
    if isinstance(value, bool):
        return set()
    if isinstance(value, int):
        return {value}
    if hasattr(value, "model_dump"):
        value = value.model_dump()
    if isinstance(value, dict):
        return {number for item in value.values() for number in whole_numbers_in(item)}
    if isinstance(value, tuple | list | frozenset):
        return {number for item in value for number in whole_numbers_in(item)}
    return set()


def numbers_of(policy: Policy, *names: str) -> set[int]:
    return {
        number
        for name in (names or policy.parameters)
        for dated in policy.parameters[name].values
        for number in whole_numbers_in(dated.value)
    }


def sums_of_money(policy: Policy) -> set[int]:
    """Base salaries, what they make of a person's month, and the printed tables."""
    salaries = numbers_of(policy, shapes.BASE_SALARY.name)
    tenths = numbers_of(policy, shapes.COEFFICIENT.name)
    printed = numbers_of(policy, shapes.PRINTED_IMPACT.name)
    posts = numbers_of(policy, shapes.CENTRE_QUOTA.name)
    a_month = {salary * tenth // 10 for salary in salaries for tenth in tenths}
    of_a_centre = {amount * number for amount in a_month for number in posts}
    sums = salaries | a_month | of_a_centre | {12 * amount for amount in a_month | of_a_centre} | printed
    return {number for number in sums if number >= SMALLEST_SUM_OF_MONEY}


# ---- Findings and columns


@pytest.mark.parametrize("code", FindingCode)
def test_a_finding_is_told_in_both_languages(policy: Policy, code: FindingCode) -> None:
    text = policy.findings[code]
    assert text.message_vi.strip() != text.message_en.strip()
    assert text.how_to_fix_vi.strip() != text.how_to_fix_en.strip()
    assert all(said.strip() for said in (text.message_vi, text.message_en, text.how_to_fix_vi, text.how_to_fix_en))
    assert text.legal_basis.strip()


def test_every_column_of_a_frame_stands_in_the_glossary_and_nothing_else_does() -> None:
    rows = GLOSSARY.table("Columns of the frames")
    columns = {column for frame in frames().values() for column in frame}
    assert [row[0] for row in rows] == sorted(columns)
    assert all(len(row) == 4 and all(row) for row in rows)


def test_every_frame_says_what_one_row_of_it_is() -> None:
    silent = [name for name in frames() if not re.search(_told_frame(name), _module(name), re.MULTILINE | re.DOTALL)]
    assert silent == []


def test_a_column_of_money_has_its_unit_in_its_name() -> None:
    columns = {column for frame in frames().values() for column in frame}
    columns |= {column for view in view_columns().values() for column in view}
    assert [
        column
        for column in sorted(columns)
        if re.search(r"amount|salary|budget|_dong$", column) and not column.endswith(("_vnd", "_year"))
    ] == []


def _told_frame(frame: str) -> str:
    """A frame's columns and the docstring right below them."""
    return rf"^{frame.partition('.')[2]}: .*?^}}\n\"\"\""


def _module(frame: str) -> str:
    return (PROJECT / "schemas" / f"{frame.partition('.')[0]}.py").read_text("utf-8")


# ---- Rules


@pytest.mark.parametrize("rule", [module.path.stem for module in RULES if module.path.stem != "__init__"])
def test_every_rule_has_a_case_file(rule: str) -> None:
    cases = PROJECT / "tests" / "rules" / f"{rule}.yaml"
    assert cases.exists()
    assert f"rule: {rule}\n" in cases.read_text("utf-8")


def test_every_rule_names_its_clause() -> None:
    silent = [module.name for module in RULES if not re.match(r'""".*?(?:[Rr]ule|section|reading)', module.text, re.S)]
    assert silent == []


# ---- Numbers


def test_no_sum_of_money_of_the_policy_stands_in_code(policy: Policy) -> None:
    """The demo writes papers, and papers hold sums: it is left out."""
    sums = sums_of_money(policy)
    assert {1_490_000, 1_800_000, 2_340_000, 2_530_000, 2_235_000, 745_000} <= sums
    written = [
        f"{module.at(line)}: {number}"
        for module in modules(*ROOMS)
        if "ioc_etl/demo" not in module.name
        for number, line in module.whole_numbers()
        if number in sums
    ]
    assert written == []


def test_no_sum_of_money_of_the_policy_stands_in_what_the_program_says(policy: Policy) -> None:
    sums = sums_of_money(policy)
    told = [
        f"{module.at(line)}: {number}"
        for module in modules(*ROOMS)
        if "ioc_etl/demo" not in module.name
        for text, line in module.texts()
        for number in re.findall(r"\d{1,3}(?:[.,_ ]\d{3})+|\d{6,}", text)
        if int(re.sub(r"\D", "", number)) in sums
    ]
    assert told == []


def test_no_number_of_the_rulebook_stands_where_rows_are_decided(policy: Policy) -> None:
    of_policy = {number for number in numbers_of(policy) if number > 3} - NO_POLICY.keys()
    written = [
        f"{module.at(line)}: {number}"
        for module in DECIDING
        for number, line in module.whole_numbers()
        if number in of_policy
    ]
    assert written == []


def test_money_is_never_a_float() -> None:
    written = [
        module.at(node.lineno)
        for module in modules("ioc_etl/core", "ioc_etl/policy", "schemas")
        for node in module.nodes
        if isinstance(getattr(node, "value", None), float)
    ]
    assert written == []


# ---- Code


def test_nothing_prints() -> None:
    """People are spoken to through the console of the command line."""
    printed = [module.at(line) for module in modules(*ROOMS, "sql") for call, line in module.calls() if call == "print"]
    assert printed == []


def test_only_the_clock_reads_the_time() -> None:
    """Waiting for a process measures time that passes (`time.monotonic`), which is no reading of the clock."""
    read = [
        module.at(line)
        for module in modules(*ROOMS, "sql")
        if module.name != "ioc_etl/adapters/clock.py"
        for name, line in module.names()
        if CLOCK.search(name)
    ]
    assert read == []


def test_only_a_process_that_may_be_killed_reads_office_files() -> None:
    found = {
        module.name for module in modules("ioc_etl", "flows") for name, _ in module.calls() if name == "read_cells"
    }
    assert found == {"ioc_etl/pipeline/reading_child.py"}


def test_the_database_is_never_asked_what_time_it_is() -> None:
    asked = [
        path.name
        for path in (PROJECT / "sql").rglob("*")
        if path.suffix in {".sql", ".py"} and CLOCK_OF_SQL.search(path.read_text("utf-8").lower())
    ]
    assert asked == []


def test_a_pattern_names_the_ten_digits() -> None:
    r"""Close reading 18: `\d` takes the digits of every script."""
    assert [module.at(line) for module in modules(*ROOMS) for text, line in module.texts() if r"\d" in text] == []


def test_the_core_makes_a_number_of_a_cells_text_in_one_place() -> None:
    """Close reading 18: digits of any script by one form, and no text of any length may stop a month."""
    found = []
    for module in modules("ioc_etl/core"):
        if module.name.endswith(("digits.py", "whole_numbers.py")):
            continue
        found += [module.at(line) for call, line in module.calls() if call in {"int", "float"}]
        methods = {"isdigit", "isnumeric", "isdecimal"}
        found += [module.at(line) for name, line in module.names() if name.rsplit(".", 1)[-1] in methods]
        found += [
            module.at(node.lineno)
            for node in module.nodes
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "cast"
            and ".str." in ast.unparse(node.func.value)
            and "String" not in ast.unparse(node)
        ]
    assert found == []


def test_modules_stay_small_enough_to_be_read_at_once() -> None:
    long = {module.name: lines for module in modules(*ROOMS) if (lines := module.text.count("\n")) > LONGEST_MODULE}
    assert long == {}


def test_no_module_is_a_drawer_for_leftovers() -> None:
    drawers = {"utils", "util", "helpers", "helper", "misc", "common", "shared"}
    assert [module.name for module in modules(*ROOMS, "tests") if module.path.stem in drawers] == []


def test_every_module_says_what_it_is() -> None:
    silent = [module.name for module in modules(*ROOMS, "tests") if module.text and not module.text.startswith('"""')]
    assert silent == []


# ---- Files


def test_no_file_names_a_place_of_one_machine_or_a_package_index() -> None:
    """A test may invent somebody's home."""
    naming = [
        f"{path.relative_to(PROJECT)}: {found[0]}"
        for path in files_of_the_project()
        for pattern in ([MACHINE] if "tests" in path.parts else [MACHINE, HOME]) + [PACKAGE_INDEX]
        if (found := pattern.search(path.read_text("utf-8", errors="replace")))
    ]
    assert naming == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_file_holds_hashes_and_no_address(name: str) -> None:
    text = (PROJECT / name).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)
    pinned = re.findall(r"^([\w.\[\]-]+)==\S+", text, re.MULTILINE)
    assert pinned
    for requirement in re.split(r"\n(?=\w)", text[text.index(pinned[0]) :]):
        assert "--hash=sha256:" in requirement, requirement.splitlines()[0]


def test_the_tests_run_with_the_versions_that_the_program_runs_with() -> None:
    runtime, development = (
        dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", (PROJECT / name).read_text("utf-8"), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    # The build tools too: `make demo` installs the checkout from the runtime lock alone.
    assert {"hatchling", "editables"} < runtime.keys()
    assert runtime.items() < development.items()


def test_vietnamese_is_written_in_composed_unicode() -> None:
    """Decomposed text is in the tests alone, as escapes or in files that stand for real rosters."""
    decomposed = [
        path.relative_to(PROJECT).as_posix()
        for path in files_of_the_project()
        if "tests" not in path.parts and not unicodedata.is_normalized("NFC", path.read_text("utf-8"))
    ]
    assert decomposed == []

"""The audit chain in Vietnamese: whatever the program writes into it has a word."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from ioc_etl.adapters import audit
from ioc_etl.adapters.store_mended import HAND_IN
from ioc_etl.adapters.store_policy import PARAMETER_CHANGE
from ioc_etl.cli.words_audit import DETAILS_VI, WHAT_VI, is_told, told_action, told_detail
from ioc_etl.reports.terms import ACTION, ROLE
from schemas.vocabulary import Role

ROOMS = Path(__file__).parents[2] / "ioc_etl"
EVENTS = {"AuditEvent", "batch_event", "_event"}
"""What makes an event; all but the first take more of its detail as keywords."""


def functions() -> Iterator[ast.FunctionDef]:
    """Every function of the program that makes an event."""
    for path in (*ROOMS.glob("pipeline/*.py"), *ROOMS.glob("adapters/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(named(call) in EVENTS for call in calls(node)):
                yield node


def calls(node: ast.AST) -> Iterator[ast.Call]:
    yield from (each for each in ast.walk(node) if isinstance(each, ast.Call))


def named(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def constants(*nodes: ast.AST | None) -> Iterator[str]:
    for node in nodes:
        for each in ast.walk(node) if node else ():
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value


def keys(function: ast.FunctionDef) -> Iterator[str]:
    """What it may write into a detail: keys of its dictionaries and what it hands on by name."""
    for node in ast.walk(function):
        if isinstance(node, ast.Dict):
            yield from constants(*node.keys)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            yield from constants(node.slice)
    for call in calls(function):
        if named(call) in EVENTS - {"AuditEvent"}:
            yield from (keyword.arg for keyword in call.keywords if keyword.arg)


def test_every_key_of_a_detail_that_the_program_writes_has_a_word_or_is_hidden() -> None:
    written = {key for function in functions() for key in keys(function)}
    assert {"account", "roles", "offset", "reasons_sha256", "files", "until", "findings", "others"} <= written
    assert sorted(key for key in written if is_told(key) and key not in DETAILS_VI) == []


def test_everything_that_is_done_to_an_account_or_looked_at_has_a_word() -> None:
    told = {
        text
        for path in ROOMS.glob("pipeline/*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for text in whats(node)
    }
    assert told == set(WHAT_VI)


def whats(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and named(node) == "_record":
        yield from constants(*node.args)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "what":
                yield from constants(value)


def test_every_step_and_every_role_has_a_word() -> None:
    steps = {
        value for name, value in vars(audit).items() if name.isupper() and isinstance(value, str) and name[0] != "_"
    }
    assert set(ACTION) == {*steps, HAND_IN, PARAMETER_CHANGE}
    assert all(told_action(step, "vi") == ACTION[step] for step in steps)
    assert set(ROLE) == set(Role)


@pytest.mark.parametrize(
    ("detail", "vi", "en"),
    [
        (
            {"lines": 9, "amount_vnd": 20_115_000, "is_draft": False, "batch": "2022-01/tinh/regular/1"},
            "đợt chi: 2022-01/tinh/regular/1; số khoản: 9; số tiền: 20.115.000 đ; bản nháp: không",
            "batch: 2022-01/tinh/regular/1; lines: 9; amount_vnd: 20.115.000 đ; is_draft: False",
        ),
        (
            {"roles": ["finance", "operator"], "what": "add", "account": "ngan"},
            "việc: thêm; tài khoản: ngan; vai trò: tài chính (finance), vận hành (operator)",
            "what: add; account: ngan; roles: finance, operator",
        ),
        (
            {"status": "incomplete", "policy_version": "0a1b", "input_fingerprint": "2c", "held_rows": 12},
            "tình trạng: hoàn thành, còn hồ sơ thiếu hoặc bị từ chối; tạm giữ: 12",
            "status: incomplete; held_rows: 12",
        ),
        (
            {"until": "2022-06-01", "case_id": "4f4d44a8", "code": "NAME_DIFFERS"},
            "mã phát hiện: NAME_DIFFERS; đến hết: 2022-06",
            "code: NAME_DIFFERS; until: 2022-06-01",
        ),
        ({"paid_on": "2022-02-10", "returned": []}, "ngày đã chi, thu: 10/02/2022; bị trả lại: —", None),
        ({"others": "left", "by": "token"}, "bằng: mã truy cập; những người còn lại: không còn trong danh sách", None),
        ({"files": [], "policy_version_before": None}, "tệp: —", "files: —"),
    ],
)
def test_what_a_step_tells_is_words_dates_and_dong(detail: dict[str, object], vi: str, en: str | None) -> None:
    assert told_detail(detail, "vi") == vi
    assert en is None or told_detail(detail, "en") == en

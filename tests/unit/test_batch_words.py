"""How a batch stands, and why a step of it is refused, in words."""

from datetime import date
from uuid import UUID

import pytest

from ioc_etl.adapters.store_approval import Batch, Refusal
from ioc_etl.errors import WrongStateError
from ioc_etl.pipeline.refusals import refuse, told
from ioc_etl.reports.terms import told_status
from schemas.vocabulary import BatchKind, BatchStatus, Role


def batch(kind: BatchKind, status: BatchStatus) -> Batch:
    return Batch(
        batch_id=UUID(int=1),
        reference_month=date(2022, 1, 1),
        centre_code="dong-xoai",
        kind=kind,
        number=1,
        funding_source="dong-xoai",
        status=status,
        content_sha256="",
        basis_sha256="",
        current_run_id=UUID(int=2),
        lines=1,
        amount_vnd=-2_235_000 if kind is BatchKind.RECOVERY else 2_235_000,
    )


@pytest.mark.parametrize(
    ("kind", "status", "vi", "en"),
    [
        (BatchKind.RECOVERY, BatchStatus.PAID, "Đã thu", "collected"),
        (BatchKind.RECOVERY, BatchStatus.EXPORTED, "Đã xuất", "exported"),
        (BatchKind.ARREARS, BatchStatus.PAID, "Đã chi", "paid"),
        (BatchKind.REGULAR, BatchStatus.SUBMITTED, "Đã trình duyệt", "submitted"),
    ],
)
def test_money_that_is_taken_back_is_collected_not_paid(kind: BatchKind, status: BatchStatus, vi: str, en: str) -> None:
    assert (told_status(kind, status), told_status(kind, status, "en")) == (vi, en)


@pytest.mark.parametrize(
    ("kind", "status", "vi", "en"),
    [
        (BatchKind.RECOVERY, BatchStatus.PAID, "recovery/1 đã thu: không hủy được", "is collected: it cannot void"),
        (BatchKind.REGULAR, BatchStatus.PAID, "regular/1 đã chi: không hủy được", "is paid: it cannot void"),
        (BatchKind.REGULAR, BatchStatus.SUBMITTED, "regular/1 đã trình duyệt: không hủy", "is submitted: it cannot"),
    ],
)
def test_a_step_out_of_turn_names_the_state_as_the_lists_do(
    kind: BatchKind, status: BatchStatus, vi: str, en: str
) -> None:
    with pytest.raises(WrongStateError) as refused:
        refuse(batch(kind, status), "void", [Refusal("wrong_status", None, status)])
    assert vi in refused.value.vi
    assert en in str(refused.value)


def test_a_batch_that_is_gone_is_said_to_be() -> None:
    with pytest.raises(WrongStateError) as refused:
        refuse(batch(BatchKind.REGULAR, BatchStatus.DRAFT), "submit", [Refusal("wrong_status", None, "none")])
    assert "regular/1 không còn: không trình được" in refused.value.vi


@pytest.mark.parametrize("role", Role)
def test_a_role_that_is_wanting_is_named_in_words(role: Role) -> None:
    ((en, vi),) = told([Refusal("not_the_role", None, role)])
    assert f"({role})" in vi
    assert f"roles {role}" in en


def test_a_sum_in_a_refusal_has_dots() -> None:
    ((en, vi),) = told([Refusal("budget_exceeded", 20_115_000, "dong-xoai 2022")])
    assert "20.115.000 đ" in en
    assert "20.115.000 đ" in vi

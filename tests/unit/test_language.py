"""In which language the program answers, each call for itself."""

import sys

import pytest

from ioc_etl.cli.main import USAGE, main
from ioc_etl.cli.words import told_error
from ioc_etl.errors import SourceError, UsageError

QUESTIONS = (
    ("check", "nowhere.xlsx", "không có tệp nowhere.xlsx", "there is no file nowhere.xlsx"),
    ("batches", "soon", "không phải là tháng", "write it as 2022-01"),
    ("opening", "list", "soon", "không phải là tháng", "write it as 2022-01"),
    ("audit", "list", "soon", "không phải là tháng", "write it as 2022-01"),
    ("status", "soon", "không phải là tháng", "write it as 2022-01"),
    ("replay", "soon", "không phải là tháng", "write it as 2022-01"),
    ("run", "soon", "không phải là tháng", "write it as 2022-01"),
    ("run", "2022-01", "--centre", "nowhere", "không có Trung tâm", "there is no centre"),
)


class Asked:
    """What a call in this process says on stderr to a wrong question."""

    def __init__(self, patch: pytest.MonkeyPatch, output: pytest.CaptureFixture[str]) -> None:
        self._patch, self._output = patch, output

    def __call__(self, *words: str) -> str:
        self._patch.setattr(sys, "argv", ["ioc-etl", *words])
        with pytest.raises(SystemExit) as end:
            main()
        assert end.value.code == USAGE
        return self._output.readouterr().err


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Asked:
    return Asked(monkeypatch, capsys)


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_a_refusal_is_vietnamese_unless_asked_otherwise_and_no_call_speaks_for_the_next(
    asked: Asked, question: tuple[str, ...]
) -> None:
    *words, vi, en = question
    assert vi in asked(*words)
    assert en in asked(*words, "--lang", "en")
    assert vi in asked(*words)


def test_what_has_no_language_of_its_own_is_refused_in_vietnamese(asked: Asked) -> None:
    assert "không có Trung tâm 'nowhere'" in asked("template", "nowhere")


def test_a_language_that_there_is_not_is_refused_before_anything_is_done(asked: Asked) -> None:
    approval = ("approve", "0000", "--total", "1", "--pay-date", "2022-02-10", "--reason", "x")
    assert asked(*approval, "--lang", "fr") == ("ioc-etl: không có ngôn ngữ 'fr'; hãy ghi --lang vi hoặc --lang en\n")


def test_an_error_without_a_vietnamese_text_is_told_in_english() -> None:
    error = SourceError("the source does not answer")
    assert (told_error(error, "vi"), told_error(error, "en")) == ("the source does not answer",) * 2
    other = UsageError("no month", "không phải là tháng")
    assert (told_error(other, "vi"), told_error(other, "en")) == ("không phải là tháng", "no month")

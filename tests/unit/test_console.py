"""What people see on the terminal."""

import pytest

from ioc_etl.cli.console import say_list
from ioc_etl.cli.words_operate import operate_words


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_long_list_breaks_after_a_comma_and_loses_nothing(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    legend = operate_words(lang)["legend"]
    say_list(legend)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 1
    assert all(len(line) <= 120 for line in lines)
    assert all(line.endswith(",") for line in lines[:-1])
    assert " ".join(line.strip() for line in lines) == legend


def test_a_short_list_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    say_list("Đồng Xoài: LATE_ROSTER, ROW_WITHOUT_NAME (2)")
    assert capsys.readouterr().out == "Đồng Xoài: LATE_ROSTER, ROW_WITHOUT_NAME (2)\n"

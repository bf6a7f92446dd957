"""The columns of the views, read from the text of sql/views."""

import re

from documents import PROJECT

_VIEW = re.compile(r"CREATE OR REPLACE VIEW state_payroll\.(\w+).*? AS\nSELECT\n(.*?)\nFROM ", re.DOTALL)
_COMMA_OF_THE_LIST = re.compile(r",\n    (?! )")
_NAME = re.compile(r"(?:\bAS )?(\w+)$")


def view_columns() -> dict[str, list[str]]:
    """The columns of every view of state_payroll, in their order."""
    views: dict[str, list[str]] = {}
    for file in sorted((PROJECT / "sql" / "views").glob("*.sql")):
        for view, selected in _VIEW.findall(file.read_text("utf-8")):
            views[view] = [_name(item) for item in _COMMA_OF_THE_LIST.split(selected.strip())]
    return views


def _name(item: str) -> str:
    found = _NAME.search(item.strip())
    assert found is not None, item
    return found[1]

"""docs/policy-parameters.md: every parameter of the packaged policy, with each value's dates, reference and status."""

from collections.abc import Mapping
from datetime import date
from enum import Enum

from pydantic import BaseModel

from ioc_etl.policy.model import DatedValue, Parameter, Policy
from ioc_etl.reports.terms import ADOPTION

_INTRO = """\
# Các tham số của chính sách

Trang này do chương trình viết từ `ioc_etl/policy/parameters/*.yaml` (`make test` báo lỗi khi hai bên khác nhau). Không
sửa tay: sửa tham số rồi chạy `UPDATE_DOCS=1 .venv/bin/pytest tests/contract/test_docs.py`.

Mỗi con số và mỗi lựa chọn của chính sách là một tham số: giá trị có ngày bắt đầu, ngày kết thúc, căn cứ và tình trạng
riêng. Luật thay đổi thì thêm một giá trị mới từ ngày có hiệu lực, không sửa giá trị cũ; tháng cũ tính lại vẫn dùng giá
trị cũ. Giá trị bắt đầu vào ngày đầu tháng và kết thúc vào ngày cuối tháng. Tháng không có giá trị thì dừng, không suy
từ tháng khác.

**Tình trạng.** “{in_force}”: có văn bản đã ban hành. “{draft}”: theo Tờ trình hoặc do dự án chọn,
chờ nghị quyết. Khi tham số `adoption` còn là dự thảo, mọi giấy tờ mang chữ BẢN NHÁP.

**Đổi giá trị mà không sửa chương trình.** Đặt một tệp cùng tên vào một thư mục riêng và cho `IOC_ETL_POLICY` chỉ đến
thư mục đó; tệp nào không có ở đó thì dùng tệp đi kèm chương trình. Tên lạ, khóa lạ, thiếu căn cứ, ngày hở hoặc chồng
nhau đều bị từ chối, kèm tên tệp và số dòng.

## Tóm tắt

| Tham số | Giá trị mới nhất | Đơn vị | Tình trạng |
|---|---|---|---|
{summary}
"""
_LONGEST_IN_TABLE = 90
_SEPARATED_FROM = 10_000
"""Smaller numbers may be years."""


def parameter_page(policy: Policy) -> str:
    """The page as it must stand."""
    parameters = sorted(policy.parameters.values(), key=lambda parameter: parameter.name)
    draft, in_force = ADOPTION.values()
    intro = _INTRO.format(draft=draft, in_force=in_force, summary="\n".join(_summary(one) for one in parameters))
    return "\n".join([intro, *(_section(one) for one in parameters)]).rstrip() + "\n"


def _summary(parameter: Parameter) -> str:
    latest = parameter.values[-1]
    cells = (f"[{parameter.name}](#{parameter.name})", _short(latest), parameter.unit, ADOPTION[latest.status])
    return _row(*cells)


def _section(parameter: Parameter) -> str:
    lines = [
        f"## {parameter.name}",
        "",
        parameter.description_vi.strip(),
        "",
        f"Đơn vị: {parameter.unit}. Điều khoản: {parameter.clause}.",
        "",
        _row("Từ ngày", "Đến ngày", "Giá trị", "Căn cứ", "Tình trạng"),
        "|---|---|---|---|---|",
        *(_dated(dated) for dated in parameter.values),
        "",
    ]
    for dated in parameter.values:
        if _is_long(dated):
            lines += [f"Giá trị từ {dated.valid_from:%d/%m/%Y}:", "", *_listed(dated.value), ""]
    return "\n".join(lines)


def _dated(dated: DatedValue) -> str:
    ends = "" if dated.valid_to is None else f"{dated.valid_to:%d/%m/%Y}"
    reference = " ".join(dated.reference.split())
    return _row(f"{dated.valid_from:%d/%m/%Y}", ends, _short(dated), reference, ADOPTION[dated.status])


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _is_long(dated: DatedValue) -> bool:
    return not isinstance(dated.value, str) and len(_told(dated.value)) > _LONGEST_IN_TABLE


def _short(dated: DatedValue) -> str:
    return f"{len(_listed(dated.value))} mục, xem dưới" if _is_long(dated) else _told(dated.value)


def _listed(value: object) -> list[str]:
    """The items of a long value, one a line."""
    if isinstance(value, Mapping | BaseModel):
        return [f"- `{_told(key)}`: {_told(item)}" for key, item in dict(value).items()]
    if isinstance(value, tuple):
        return [f"- {_told(item)}" for item in value]
    raise TypeError(f"{type(value).__name__} has no items")


def _told(value: object) -> str:
    """A value as people read it: dates day first, thousands with dots, lists with semicolons."""
    if isinstance(value, Mapping | BaseModel):
        said = [(key, item) for key, item in dict(value).items() if item != ()]
        return "; ".join(f"{_told(str(key).rstrip('_'))}: {_told(item)}" for key, item in said) or "không có"
    if isinstance(value, tuple):
        return "; ".join(_told(item) for item in value)
    return _told_alone(value)


def _told_alone(value: object) -> str:
    match value:
        case None:
            told = "chưa có"
        case bool():
            told = "có" if value else "không"
        case Enum():
            told = str(value.value)
        case date():
            told = f"{value:%d/%m/%Y}"
        case int():
            told = f"{value:,}".replace(",", ".") if value >= _SEPARATED_FROM else str(value)
        case str():
            told = " ".join(value.split())
        case _:
            raise TypeError(f"no way to tell {type(value).__name__}")
    return told

"""docs/quy-tac.md: the road of a row and every finding of the catalogue, written for finance."""

import re
from collections.abc import Mapping

from ioc_etl.core.road import ROAD
from ioc_etl.policy.model import FindingText, Policy
from schemas.vocabulary import FindingCode, Level, Severity

_INTRO = """\
# Quy tắc kiểm tra và các phát hiện

Trang này do chương trình viết từ `ioc_etl/policy/findings.yaml` (`make test` báo lỗi khi hai bên khác nhau). Không sửa
tay: sửa danh mục rồi chạy `UPDATE_DOCS=1 .venv/bin/pytest tests/contract/test_docs.py`.

## Đường đi của một dòng

Danh sách của mọi Trung tâm được xét chung một lượt. Một dòng đi qua các bước dưới đây; **mọi** quy tắc đều được xét và
báo hết, không dừng ở lỗi đầu tiên, nên sửa một lần là đủ. Thứ tự tệp và thứ tự dòng không làm đổi kết quả (trừ STT khi
xếp hạng ở cấp huyện).

Trước hết là cả tệp: có gửi không, đọc được không, đúng tháng, đúng Trung tâm, đủ cột, khớp số tổng cộng không. Tệp bị
trả lại chỉ dừng Trung tâm gửi tệp đó; các Trung tâm khác vẫn được chi đúng hạn. Sau đó đến từng dòng:

{road}

## Kết thúc của một dòng

Mỗi dòng của danh sách được nhận có đúng một kết quả. Tổng bốn loại luôn bằng số dòng đã đọc; không khớp thì chương
trình không ghi gì.

| Kết quả | Mã | Số tiền | Ý nghĩa |
|---|---|---|---|
| Được hỗ trợ | `paid` | lớn hơn 0 | Đủ điều kiện; có thể kèm cảnh báo. |
| Hưởng chế độ khác cao hơn | `superseded` | 0 đ | Đang hưởng hỗ trợ đặc thù khác không thấp hơn; ghi cả hai mức. |
| Tạm giữ, chưa chi | `held` | 0 đ | Có ít nhất một lỗi chặn. Tạm giữ không phải là từ chối. |
| Gộp vào dòng khác | `merged` | 0 đ | Cùng một người với một dòng khác; tiền nằm ở dòng kia. |

## Đọc một phát hiện

- **Chặn**: dừng đúng điều ghi ở “Dừng gì”. **Cảnh báo**: không dừng gì, chỉ để kiểm tra lại. **Thông tin**: để biết.
- **Sửa được**: người này vẫn giữ suất trong định mức trong khi chờ sửa (trừ khi ghi khác). **Không có quyền hưởng**:
  nếu đúng như danh sách ghi thì không được chi.
- **Tài chính được bỏ qua**: khi có lý do và giấy tờ, tài chính được chấp thuận bỏ qua phát hiện này cho đúng người đó.
  Chỗ để ghi việc bỏ qua chưa có ở bản này; hiện nay phải sửa danh sách hoặc sổ đăng ký.
- Số căn cước và số tài khoản trong thông báo luôn được che: `070******234`. Trong các câu mẫu dưới đây, chữ trong
  ‹…› là chỗ điền.
"""

_SECTIONS: tuple[tuple[str, Level, Severity, bool], ...] = (
    ("Tệp: lỗi chặn, trả lại cả danh sách", Level.FILE, Severity.BLOCK, False),
    ("Tệp: cảnh báo", Level.FILE, Severity.WARN, False),
    ("Tệp: thông tin", Level.FILE, Severity.INFO, False),
    ("Dòng: lỗi chặn, sửa được", Level.ROW, Severity.BLOCK, False),
    ("Dòng: lỗi chặn, không có quyền hưởng", Level.ROW, Severity.BLOCK, True),
    ("Dòng: cảnh báo", Level.ROW, Severity.WARN, False),
    ("Trung tâm: lỗi chặn", Level.CENTRE, Severity.BLOCK, False),
    ("Trung tâm: cảnh báo", Level.CENTRE, Severity.WARN, False),
    ("Cả tháng: lỗi chặn", Level.RUN, Severity.BLOCK, False),
    ("Cả tháng: cảnh báo", Level.RUN, Severity.WARN, False),
)

_STOPS: Mapping[tuple[Level, Severity], str] = {
    (Level.FILE, Severity.BLOCK): "Cả tệp này. Trung tâm được tính theo tệp đã nhận trước đó của tháng, nếu có.",
    (Level.FILE, Severity.WARN): "Không dừng gì.",
    (Level.FILE, Severity.INFO): "Không dừng gì.",
    (Level.ROW, Severity.BLOCK): "Dòng này: tạm giữ cho đến khi sửa xong.",
    (Level.ROW, Severity.WARN): "Không dừng gì; dòng này vẫn được chi.",
    (Level.CENTRE, Severity.BLOCK): "Việc duyệt chi của Trung tâm; việc tính từng dòng vẫn tiếp tục.",
    (Level.CENTRE, Severity.WARN): "Không dừng gì.",
    (Level.RUN, Severity.BLOCK): "Cả tháng: không xét dòng nào; kết quả của lần chạy trước được giữ nguyên.",
    (Level.RUN, Severity.WARN): "Không dừng gì.",
}
_NO_RIGHT = "Dòng này: không được chi chừng nào danh sách còn ghi như vậy."
_OWN_END: Mapping[FindingCode, str] = {
    FindingCode.OTHER_SUPPORT_HIGHER: "Khoản chi của dòng này (0 đ): người này hưởng chế độ kia.",
    FindingCode.ROW_MERGED: "Khoản chi của dòng này (0 đ): tiền nằm ở dòng được giữ.",
    FindingCode.ROSTER_MISSING: "Trung tâm này; khi đã có tệp được nhận trước đó thì tính theo tệp ấy.",
}

_EXAMPLE = re.compile(r'ví dụ (?:"([^"]+)"|(.+))')


def finding_page(policy: Policy) -> str:
    """The page as it must stand."""
    road = "\n".join(f"{number}. {rule.title_vi}" for number, rule in enumerate(ROAD, start=1))
    parts = [_INTRO.format(road=road)]
    for title, level, severity, has_no_right in _SECTIONS:
        found = [
            text
            for text in policy.findings.values()
            if (text.level, text.severity, text.has_no_right) == (level, severity, has_no_right)
        ]
        parts.append("\n".join([f"## {title}", "", *(_entry(text) for text in found)]))
    return "\n".join(parts).rstrip() + "\n"


def _entry(text: FindingText) -> str:
    return "\n".join(
        [
            f"### {text.code}",
            "",
            f"> {_example(text)}",
            "",
            f"- **Dừng gì**: {_stops(text)}",
            *([] if not text.is_waivable else ["- **Tài chính được bỏ qua**, có lý do."]),
            f"- **Cách xử lý**: {text.how_to_fix_vi}",
            f"- **Căn cứ**: {text.legal_basis}",
            "",
        ]
    )


def _stops(text: FindingText) -> str:
    if text.code in _OWN_END:
        return _OWN_END[text.code]
    if text.level is not Level.ROW or text.severity is not Severity.BLOCK:
        return _STOPS[text.level, text.severity]
    said = _NO_RIGHT if text.has_no_right else _STOPS[text.level, text.severity]
    if text.has_no_right or not text.frees_post:
        return said
    return f"{said} Trong khi chờ, không giữ suất trong định mức."


def _example(text: FindingText) -> str:
    """The message with its blanks filled in: by the example the catalogue gives, else by what belongs there."""
    blanks = {blank: _filled(meaning) for blank, meaning in text.blanks.items()}
    return re.sub(r"[\[\]]", "", text.message_vi).format(**blanks)


def _filled(meaning: str) -> str:
    example = _EXAMPLE.search(meaning)
    return f"‹{meaning}›" if example is None else example[1] or example[2]

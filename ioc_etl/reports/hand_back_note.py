"""The covering letter of a roster that goes back: what came of it, how to mend it, how it comes back."""

from ioc_etl.reports.terms import OUTCOME
from schemas.marker import ROW_HEADER
from schemas.returned import CoverNote
from schemas.vocabulary import Outcome

_ROWS_NAMED = 40


def covering_note(note: CoverNote) -> list[str]:
    """The covering letter, one paragraph a line."""
    return [
        *_what_came_of_it(note),
        "Cách sửa: sửa ngay trong tệp này, ở các ô tô màu; đưa con trỏ vào ô để đọc lỗi gì, căn cứ nào, sửa thế nào.",
        "Ô màu đỏ nhạt bị chặn, phải sửa mới được chi; ô màu vàng là cảnh báo, nên xem lại.",
        f"Cách gửi lại: lưu tệp rồi gửi như lần trước với tên {note.send_as}{_instead(note)}.",
        f"Không sửa, không xóa cột “{ROW_HEADER}” (chữ xám, bên phải bảng): nhờ cột này tệp sửa được nhận ra.",
        "Người mới thì thêm dòng và để trống ô ở cột này.",
        f"Nên gửi lại cả danh sách. {_only_mended_rows(note)}",
        "Trang này để nguyên hoặc xóa đi đều được. Công thức trong tệp đã được thay bằng giá trị.",
    ]


def _what_came_of_it(note: CoverNote) -> list[str]:
    if note.is_refused:
        lines = [f"Danh sách {note.sent_as} bị từ chối: chưa ai trên danh sách này được xét chi."]
        if note.in_force:
            lines.append(
                f"Danh sách đã nhận trước đó ({note.in_force}) vẫn được dùng cho đến khi bản sửa được tiếp nhận."
            )
        return lines
    counts = [(OUTCOME[outcome], note.outcomes.get(outcome, 0)) for outcome in Outcome]
    told = ", ".join(f"{count} {word[0].lower()}{word[1:]}" for word, count in counts if count)
    held = ", ".join(map(str, note.held_rows[:_ROWS_NAMED])) + ("…" if len(note.held_rows) > _ROWS_NAMED else "")
    total = sum(note.outcomes.values())
    where = f" Các dòng tạm giữ: {held}." if held else ""
    return [f"Danh sách {note.sent_as} đã được tiếp nhận: {total} dòng, gồm {told}.{where}"]


def _instead(note: CoverNote) -> str:
    return "" if note.send_as == note.sent_as else f", thay cho {note.sent_as} (xóa tệp cũ ở nơi gửi)"


def _only_mended_rows(note: CoverNote) -> str:
    is_paid_on = not note.is_refused or note.in_force is not None
    meanwhile = "danh sách đã nhận vẫn được dùng" if is_paid_on else "Trung tâm chưa được chi"
    return (
        "Chỉ gửi những dòng đã sửa cũng được, nhưng phải chờ tài chính xác nhận những người còn lại; "
        f"trong lúc chờ, {meanwhile}."
    )

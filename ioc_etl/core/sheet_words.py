"""The words by which a line on a sheet is known for what it is: a group's heading, the end of the table, a numbering.

Source: rulebook section 5 and what office forms print (signature blocks, notes, "Bằng chữ").
"""

import re
import unicodedata
from collections.abc import Sequence

from schemas.text import fold

_GROUP_NUMBER = re.compile(r"[IVXLC]{1,6}[.)]?|[A-ZĐ][.)]?")
_GROUP_PREFIX = re.compile(r"\s*(?:(?:[IVXLC]{1,6}|[A-HĐ])\s*[.):/]|(?:[IVXLC]{1,6}|[A-HĐ])\s+[-–]|[IVX]{1,4}\s)\s*")
_ITEM_PREFIX = re.compile(r"\s*(?:[0-9]{1,2}\s*[.):/]|[-–+*])\s*")
_GROUP_COUNT = re.compile(r"\s*[:(,\-–]?\s*[0-9]{1,5}\s*(?:người|đ/c|đồng chí|cán bộ)\s*\)?\s*", re.IGNORECASE)
_ORGANISATION = re.compile(
    r"công an\b|ca (?:tỉnh|tp|tx|huyện|thị xã|thành phố)\b|sở |phòng |văn phòng|vp\b|ubnd|[uủ][yỷ] ban|hđnd|hội đồng"
    r"|trung tâm|ban (?:quản lý|chỉ huy|ql|chỉ đạo|dân)|chi cục|cục |đơn vị|cơ quan|đội |tổ |bộ phận|nhóm|khối "
    r"|lãnh đạo|cán bộ|công chức|viên chức|hợp đồng|lao động|lực lượng|thanh tra|bệnh viện|trường |bộ chỉ huy|ngành "
    r"|(?:tỉnh|huyện|thành|thị) (?:[uủ][yỷ]|đoàn)|đài |hội |viễn thông|kho bạc|mặt trận|ub\b|liên đoàn|t[oò][àa] án"
    r"|viện |trạm |công ty|chi nhánh|quân sự|cong an|van phong|uy ban|trung tam"
)
_END = re.compile(
    r"(?:[^,]*,\s*)?ngay[\s.…_/0-9]*thang[\s.…_0-9]*(?:nam[\s.…_0-9]*)?"
    r"|\(ky\b.*|\(?(?:da )?ky(?: ten| ghi| thay|,).*|\(?da ky\)?"
    r"|nguoi (?:lap|kiem|duyet|phu trach|dung dau|tong hop|bao cao|de nghi)\b.*|(?:phu trach )?ke toan\b.*"
    r"|thu (?:truong|quy)\b.*|(?:pho |q\.? ?|quyen )?giam doc\b.*|(?:pho )?chu tich\b.*"
    r"|(?:pho )?truong (?:phong|ban|don vi|bo phan)\b.*|(?:pho )?chanh van phong\b.*"
    r"|lanh dao (?:don vi|co quan)\b.*|(?:tm|kt|tl|tuq|t/m)[. ].*|dai dien\b.*|xac nhan\b.*"
    r"|(?:phe )?duyet(?: cua\b.*)?|noi nhan\b.*|luu ?:.*|(?:tong )?(?:so )?(?:tien )?(?:viet )?bang chu\b.*"
    r"|(?:ghi chu|luu y) ?[:.].*|an dinh (?:danh sach|so)\b.*|\(?danh sach (?:nay|gom|tren|co)\b.*|\(?\*+\)?.*",
    re.DOTALL,
)
_POSITION = re.compile(
    r"(?:pho |q\.? ?|quyen )?(?:to|doi|nhom|ca|kip|phong|ban|khoi)[ -]?(?:truong|pho)(?: .{0,40})?"
    r"|(?:pho )?truong (?:ca|kip|to|nhom|doi|phong|ban|bo phan|cong an)\b.{0,40}"
    r"|(?:chuyen vien|nhan vien|thu ky|ky su|thanh vien|uy vien|can bo phu trach)\b.{0,40}"
)
_REMARK = re.compile(
    r"[\[(].*[\])]|[*+].*|(?:ghi chu|luu y|chu thich)\b.*|- .*"
    r"|(?:nghi|chuyen|thoi|dieu dong|bo sung|thay|ke tu|tu ngay)\b.*[0-9]{1,2}[/.\-][0-9]{1,4}.*",
    re.DOTALL,
)
_MAYBE_A_NAME = re.compile(
    r"nam|nu|(?:dong|ba|ong|anh|chi|em|co|chu|bac)\.?|co|khong|moi|cu"
    r"|(?:dan toc )?(?:kinh|tay|thai|muong|nung|hoa|dao|cham|hre|gia rai|e de|ba na|co ho|san diu|san chay|khmer"
    r"|kho ?me|(?:x|s) ?['’]?tieng|(?:m|h)? ?['’]?(?:mong|nong))"
)
"""What stands beside a name and may be a name too: a sex, a form of address, one of the country's peoples."""
_NO_NAME = re.compile(
    r"(?:thieu|trung|thuong|dai) (?:uy|ta|tuong)|(?:thac|tien|bac|trung|thuong|ha|chien) s[iy]|(?:ha )?s[iy] quan"
    r"|binh (?:nhat|nhi)|(?:ths|ts|ks|cn)\.?|(?:cu nhan|ky su|dai hoc|cao dang|trung cap)\b.*"
    r"|(?:dang|doan|hoi) vien|quan chung"
)
"""What stands beside a name and never is one: a rank, a degree, a membership."""
_CELLS_OF_A_FOOTER = 2
_PAGE = re.compile(
    r"(?:.*\W)?(?:trang|page)(?: so)?\s*[:.]?\s*[0-9]{1,4}(?:\s*(?:/|of|tren)\s*[0-9]{1,4})?\W*"
    r"|[-–\s]*[0-9]{1,3}[-–\s]*|[0-9]{1,3}\s*/\s*[0-9]{1,3}",
    re.DOTALL,
)
_NUMBERING = re.compile(r"\(?(?:[0-9]{1,2}|[A-Za-zĐđ])\)?(?:\s*=.*)?", re.DOTALL)


def is_end_mark(text: str) -> bool:
    """Whether a cell belongs below a table: a date, a signature's title, "Bằng chữ", "Ghi chú:"."""
    return _END.fullmatch(fold(text)) is not None


def is_organisation(text: str) -> bool:
    """Whether a text is the name of an office or a kind of staff, and no person's: "Công an tỉnh", "Viên chức"."""
    bare = _ITEM_PREFIX.sub("", unicodedata.normalize("NFC", text).strip().lower(), count=1)
    return _ORGANISATION.match(bare) is not None


def is_remark(text: str) -> bool:
    """Whether a text below a name or between people speaks of them and names nobody: a position, a note in brackets."""
    bare = text.strip("()[] ")
    if is_end_mark(text):
        return False
    if _POSITION.fullmatch(fold(bare)):
        return True
    return _REMARK.fullmatch(fold(text)) is not None and not is_organisation(bare)


def is_no_name(text: str) -> bool:
    """Whether a text beside a name never is a part of it: `Thiếu tá`, `Thạc sĩ`, `Đảng viên`."""
    return _NO_NAME.fullmatch(fold(text)) is not None


def is_perhaps_no_name(text: str) -> bool:
    """Whether a text beside a whole name may well be none of it: `Nam`, `Kinh`, an office, a position, a remark."""
    return _MAYBE_A_NAME.fullmatch(fold(text)) is not None or is_organisation(text) or is_remark(text)


def is_page_number(text: str) -> bool:
    """Whether a text is the footer of a page: `Trang 2/3`, `- 2 -`, `2`."""
    return _PAGE.fullmatch(fold(text)) is not None


def is_beside_people(texts: Sequence[str]) -> bool:
    """Whether a row says nothing but a remark or a position of the person above, or is a page's footer."""
    if len(texts) == 1 and is_remark(texts[0]):
        return True
    return len(texts) <= _CELLS_OF_A_FOOTER and all(map(is_page_number, texts))


def is_group_number(text: str) -> bool:
    """Whether the number of a row is a group's: `I`, `B.`."""
    return _GROUP_NUMBER.fullmatch(text) is not None


def has_group_prefix(text: str) -> bool:
    """Whether a text begins with a group's number: "II. Sở Y tế"."""
    match = _GROUP_PREFIX.match(text)
    return match is not None and match.end() < len(text)


def group_name(text: str) -> str:
    """A group's name without its number and its count: "I. Công an tỉnh (12 người)" is "Công an tỉnh"."""
    flat = " ".join(text.split())
    prefix = _GROUP_PREFIX.match(flat) or _ITEM_PREFIX.match(flat)
    bare = flat[prefix.end() :] if prefix else flat
    return _GROUP_COUNT.sub("", bare) if _GROUP_COUNT.search(bare) else bare


def is_numbering(text: str) -> bool:
    """Whether a cell only numbers its column: `(3)`, `B`, `(3)=(1)x(2)`."""
    return _NUMBERING.fullmatch(text) is not None

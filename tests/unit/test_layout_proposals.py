"""An unknown header close to a known one is proposed by name; what is another thing is not. Nothing is taken by it."""

import unicodedata

import pytest

from ioc_etl.core.layout_proposals import proposals, similar_fields
from ioc_etl.core.sheet_header import field_of
from schemas.columns import ROSTER_COLUMNS
from schemas.vocabulary import FindingCode
from tests.unit.rosters import HEADER, codes, people, read

PROPOSED = {
    # slips of the keyboard
    "Số CCDC": "citizen_id",
    "Sô CCCDD": "citizen_id",
    "Họ và tê": "full_name",
    "Họ và tênn": "full_name",
    "Ngay sihn": "birth_date",
    "Đối tượn": "staff_category",
    "Nhiêmj vụ": "duty",
    "Hình thúc làm viêcj": "work_mode",
    "Từ ngàyy": "from_date",
    "Gi chú": "note",
    "Lĩnh vưcj": "monitored_service",
    # abbreviations
    "Số TK ngân hàng": "bank_account",
    "Tên NH": "bank_name",
    "HT làm việc": "work_mode",
    "Số ĐDCN": "citizen_id",
    "ĐVCT": "agency",
    # another order, other words for the same
    "Tên và họ": "full_name",
    "Tài khoản số": "bank_account",
    "Số CMND": "citizen_id",
    "Số thẻ căn cước công dân": "citizen_id",
    "Mã định danh cá nhân": "citizen_id",
    "Số thứ tự": "row_no",
    "Nơi công tác": "agency",
    "Mức hỗ trợ khác": "other_support_vnd",
    "Chế độ khác": "other_support_name",
    # words that change nothing
    "Số CCCD/CMND (12 số)": "citizen_id",
    "Họ và tên người hưởng": "full_name",
    "Họ tên cán bộ, công chức": "full_name",
    "Ngày sinh (dương lịch)": "birth_date",
    "Số tài khoản cá nhân": "bank_account",
    "Ngân hàng thụ hưởng": "bank_name",
    "Chi nhánh ngân hàng": "bank_name",
    "Đối tượng được hưởng hỗ trợ": "staff_category",
    "Nhiệm vụ được phân công": "duty",
    "Cơ quan công tác": "agency",
    "Ca làm việc": "shift",
    "Hệ số hỗ trợ": "coefficient",
    "Mức hưởng khác (nếu có, tháng 01)": "other_support_vnd",
}
ANOTHER_THING = """
Trình độ|Chức vụ|Chức danh|Chức danh nghề|Ngày vào ngành|Ngày vào Đảng|Năm vào ngành|Số điện thoại|Điện thoại|ĐT|Ngạch
Mã ngạch|Hệ số lương|Hệ số (lương)|Hệ số phụ cấp|Bậc lương|Phụ cấp|Giới tính|Nam|Nữ|Nơi sinh|Quê quán|Địa chỉ|Email
Ngày cấp CCCD|Nơi cấp CCCD|Số CCCD cũ|Số BHXH|Số sổ BHXH|Mã số thuế|Mã số|Số|Số hiệu|Họ|Tên|Ngày|Tháng|Năm|Dân tộc
Tên tài khoản|Chủ tài khoản|Đơn vị tính|Năm công tác|Số năm công tác|Quá trình công tác|Thâm niên|Hồ sơ|Ngày công
Mức hưởng|Số tiền|Thành tiền|Ký nhận|Nghiệp vụ|Nhiệm kỳ|Khu vực|Số lượng|Đơn giá|Hợp đồng|Số hợp đồng|Ngày ký hợp đồng
Hình thức hợp đồng|Đối tượng chính sách|Cấp bậc|Tôn giáo|Phòng|Tổ|Ngành|Hỗ trợ|Cán bộ|Thẻ Đảng|Xếp loại|Nghề nghiệp
""".replace("\n", "|").strip("|")


@pytest.mark.parametrize(("header", "field"), PROPOSED.items())
def test_a_header_close_to_a_known_one_is_proposed(header: str, field: str) -> None:
    assert (field_of(header), similar_fields(header)[:1]) == (None, (field,))


@pytest.mark.parametrize("header", ANOTHER_THING.split("|"))
def test_a_header_of_another_thing_is_proposed_as_nothing(header: str) -> None:
    assert (field_of(header), similar_fields(header)) == (None, ())


@pytest.mark.parametrize("header", PROPOSED)
def test_case_accents_and_unicode_form_do_not_matter(header: str) -> None:
    for written in (header.upper(), unicodedata.normalize("NFD", header), header.replace(" ", "\n")):
        assert similar_fields(written) == similar_fields(header)


@pytest.mark.parametrize("column", ROSTER_COLUMNS, ids=lambda column: column.name)
def test_a_known_header_is_closest_to_its_own_field(column: object) -> None:
    assert all(similar_fields(header)[0] == column.name for header in (column.official, *column.aliases))


def test_only_a_field_that_the_table_lacks_is_proposed() -> None:
    assert proposals({3: "Số CCDC", 4: "Trình độ"}, ["full_name"]) == {3: "citizen_id"}
    assert proposals({3: "Số CCDC", 4: "Trình độ"}, ["full_name", "citizen_id"]) == {}
    assert proposals({3: "Hệ số hỗ trợ"}, ["work_mode"]) == {}


def test_a_close_header_is_told_by_name_and_never_taken() -> None:
    header = ["Số CCDC" if text == "Số CCCD" else text for text in HEADER]
    reading = read([header, *people(1)])
    missing, unknown = reading.findings
    assert (missing.code, missing.expected, missing.found) == (
        FindingCode.COLUMN_MISSING,
        "Số CCCD",
        "D “Số CCDC”",
    )
    assert (unknown.code, unknown.found, unknown.place, unknown.expected) == (
        FindingCode.COLUMN_UNKNOWN,
        "Số CCDC",
        "D",
        "“Số CCDC” → “Số CCCD”",
    )
    assert "citizen_id" not in reading.columns
    assert reading.is_refused


def test_a_column_that_is_not_required_is_proposed_beside_what_nobody_knows() -> None:
    header = [{"Mức hưởng khác": "Mức hỗ trợ khác", "Ghi chú": "Trình độ"}.get(text, text) for text in HEADER]
    [unknown] = read([header, *people(1)]).findings
    assert (unknown.found, unknown.place, unknown.expected) == (
        "Mức hỗ trợ khác; Trình độ",
        "J, M",
        "“Mức hỗ trợ khác” → “Mức hưởng khác”",
    )


def test_two_columns_may_be_proposed_for_one_field() -> None:
    header = [{"Số tài khoản": "Số TK ngân hàng", "Ghi chú": "Số tài khoản cá nhân"}.get(text, text) for text in HEADER]
    missing, unknown = read([header, *people(1)]).findings
    assert missing.found == "K “Số TK ngân hàng”, M “Số tài khoản cá nhân”"
    assert unknown.expected == "“Số TK ngân hàng” → “Số tài khoản”; “Số tài khoản cá nhân” → “Số tài khoản”"


def test_a_column_the_table_has_is_not_proposed_again() -> None:
    header = ["Số CMND" if text == "Ghi chú" else text for text in HEADER]
    reading = read([header, *people(1)])
    assert (codes(reading), reading.findings[0].expected) == ([FindingCode.COLUMN_UNKNOWN], None)

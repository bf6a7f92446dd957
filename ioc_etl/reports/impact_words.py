"""The words of the impact tables in both languages; no figure of their own (they stand in `{braces}`)."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.impact import Measure


@dataclass(frozen=True, slots=True)
class ImpactWords:
    """One language. `separator` stands between thousands."""

    separator: str
    title: str
    draft: str
    subtitle: str
    base_salary: str
    base_salary_assumed: str
    unit: str
    legend: tuple[str, ...]
    table: str
    open_centres: str
    chosen_centres: str
    all_districts: str
    item: str
    printed_method: str
    own_method: str
    printed_short: str
    own_short: str
    columns: tuple[str, ...]
    wide_columns: tuple[str, ...]
    year_column: str
    span_column: str
    difference_column: str
    province: str
    provinces: str
    districts: str
    total: str
    months: str
    period: str
    whole_year: str
    checks: str
    check_columns: tuple[str, ...]
    check_line: str
    agrees: str
    disagrees: str
    measures: Mapping[Measure, str]
    differences: str
    misprinted: str
    priced_as_direct: str
    ceiling: str
    notes: str
    note_ceiling: str
    note_budgets: str
    note_sum: str
    note_not_in_force: str
    note_ended: str
    note_draft: str
    note_source: str


VIETNAMESE = ImpactWords(
    separator=".",
    title="TÁC ĐỘNG NGÂN SÁCH NĂM {year}",
    draft="BẢN NHÁP",
    subtitle="Chính sách hỗ trợ người làm việc tại các Trung tâm Điều hành thông minh",
    base_salary="Mức lương cơ sở theo {references}",
    base_salary_assumed="Mức lương cơ sở: giả định cho cả năm",
    unit="Đơn vị tính: đồng",
    legend=(
        "Tờ trình: mọi suất đều tính như trực tiếp. Chính sách: mỗi suất theo hình thức làm việc quy định.",
        "TT là suất trực tiếp, KTT là suất không trực tiếp.",
    ),
    table="Bảng {number}. {title}",
    open_centres="Các Trung tâm hoạt động trong năm",
    chosen_centres="Các Trung tâm được chọn",
    all_districts="Khi cả {count} huyện, thị xã, thành phố đều có Trung tâm",
    item="Nội dung",
    printed_method="Cách tính của Tờ trình (mọi suất đều tính trực tiếp)",
    own_method="Theo quy định của chính sách",
    printed_short="Tờ trình",
    own_short="Chính sách",
    columns=("Suất", "Mức/người", "Chi tháng", "{span}", "TT + KTT", "Chi tháng", "{span}", "Chênh lệch"),
    wide_columns=(
        "Số suất",
        "Mức/người/ tháng",
        "Chi trả tháng",
        "{span}",
        "Suất trực tiếp",
        "Suất không trực tiếp",
        "Chi trả tháng",
        "{span}",
    ),
    year_column="Chi cả năm",
    span_column="Chi cả kỳ",
    difference_column="Chênh lệch",
    province="Trung tâm IOC tỉnh",
    provinces="Trung tâm IOC cấp tỉnh",
    districts="Trung tâm IOC cấp huyện",
    total="Tổng cộng",
    months="Tháng {months} ({count} tháng)",
    period=("{months}: lương cơ sở {base_salary}; trực tiếp {direct}, không trực tiếp {indirect} đồng/người/tháng"),
    whole_year="Cả năm (tổng các tháng)",
    checks="Đối chiếu với số in",
    check_columns=("Nội dung", "Chỉ tiêu", "Số in", "Tính lại", "Kết quả"),
    check_line="{result:<5} in {printed:>13}, tính lại {counted:>13}  {label}, {measure}",
    agrees="Khớp",
    disagrees="Khác",
    measures={
        Measure.POSTS: "số suất",
        Measure.PER_PERSON: "mức một người, tháng",
        Measure.MONTH: "chi trả tháng",
        Measure.YEAR: "chi trả năm",
    },
    differences="Khác với Tờ trình và Báo cáo đánh giá tác động",
    misprinted=(
        "In {printed} người cho {centres} Trung tâm cấp huyện, đúng phải là {counted} người: {centres} × {each} = "
        "{counted} và {month} = {counted} × {per_person}."
    ),
    priced_as_direct=(
        "{posts} suất của {agency} không trực tiếp làm việc tại Trung tâm nhưng được tính như trực tiếp: tháng "
        "{first_month} là {printed} thay vì {own} đồng; {months} tháng trong năm thừa {difference} đồng."
    ),
    ceiling=(
        "“Tối thiểu” {claimed} đồng từ ngân sách tỉnh thực ra là mức tối đa của mọi Trung tâm; ngân sách tỉnh chỉ chịu "
        "{provincial} đồng trong số đó. Theo quy định của chính sách, mức tối đa là {own} đồng."
    ),
    notes="Ghi chú",
    note_ceiling="Các bảng tính khi mọi suất trong định mức đều có người, nên là mức tối đa, không phải mức tối thiểu.",
    note_budgets=(
        "Kinh phí cấp tỉnh do ngân sách tỉnh chi; mỗi Trung tâm cấp huyện do dự toán của chính cấp huyện đó chi."
    ),
    note_sum=("Mức chi thay đổi trong năm: kinh phí năm là tổng của mười hai tháng, mỗi tháng theo mức của tháng đó."),
    note_not_in_force="Chính sách chỉ có hiệu lực {months} tháng của năm; bảng vẫn tính đủ năm để so sánh.",
    note_ended="{count} Trung tâm hết thẩm quyền sau ngày {day}, chỉ tính đến hết ngày ấy: {why}.",
    note_draft="Chính sách còn là dự thảo, chưa có nghị quyết được ban hành.",
    note_source="Số in: {source}.",
)

ENGLISH = ImpactWords(
    separator=",",
    title="BUDGET IMPACT OF {year}",
    draft="DRAFT",
    subtitle="Monthly support for the staff of the Intelligent Operation Centres",
    base_salary="Base salary by {references}",
    base_salary_assumed="Base salary: assumed for the whole year",
    unit="All amounts in đồng",
    legend=(
        "Printed: every post priced as direct. Policy: each post by the work mode that the policy expects.",
        "D + I: direct and indirect posts.",
    ),
    table="Table {number}. {title}",
    open_centres="Centres open in the year",
    chosen_centres="The chosen centres",
    all_districts="With a centre in all {count} districts",
    item="Centres",
    printed_method="As the proposal computes (every post priced as direct)",
    own_method="By the policy's own rule",
    printed_short="Printed",
    own_short="Policy",
    columns=("Posts", "Per head", "Month", "{span}", "D + I", "Month", "{span}", "Difference"),
    wide_columns=(
        "Posts",
        "Per person and month",
        "Month",
        "{span}",
        "Direct posts",
        "Indirect posts",
        "Month",
        "{span}",
    ),
    year_column="Year",
    span_column="Period",
    difference_column="Difference",
    province="Provincial centre",
    provinces="provincial centres",
    districts="district centres",
    total="Total",
    months="{months} ({count} months)",
    period="{months}: base salary {base_salary}; direct {direct}, indirect {indirect} đồng per person and month",
    whole_year="Whole year (sum of its months)",
    checks="Held against the printed figures",
    check_columns=("Centres", "Measure", "Printed", "Computed", "Result"),
    check_line="{result:<7} printed {printed:>13}, computed {counted:>13}  {label}, {measure}",
    agrees="agrees",
    disagrees="differs",
    measures={
        Measure.POSTS: "posts",
        Measure.PER_PERSON: "per person and month",
        Measure.MONTH: "month",
        Measure.YEAR: "year",
    },
    differences="Differences from the proposal and the impact report",
    misprinted=(
        "{printed} people are printed for {centres} district centres; it must be {counted}: {centres} × {each} = "
        "{counted}, and {month} = {counted} × {per_person}."
    ),
    priced_as_direct=(
        "{agency}: {posts} not working at the centre, but priced as if so: {printed} instead of {own} đồng in "
        "{first_month}; {difference} too much in the year's {months} months."
    ),
    ceiling=(
        "“At least” {claimed} đồng of the provincial budget is in truth a ceiling over all centres; the provincial "
        "budget bears only {provincial} of it. By the policy's own rule the ceiling is {own} đồng."
    ),
    notes="Notes",
    note_ceiling="The tables count every post of the quota as filled, so they are a ceiling and not a minimum.",
    note_budgets="The province pays for its centre; each district pays for its own centre from its own allocation.",
    note_sum="Amounts change within the year: the year is the sum of its twelve months, each at that month's amount.",
    note_not_in_force="The policy is in force in {months} months of the year only; the tables count them all.",
    note_ended="The authority of {count} centres ended on {day}; they count up to that day: {why}.",
    note_draft="The policy is still a draft; no adopted resolution is recorded.",
    note_source="Printed figures: {source}.",
)

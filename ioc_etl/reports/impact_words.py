"""The words of the impact tables: headings, what differs from the source document, notes; no figure of their own."""

from collections.abc import Iterator, Sequence

from ioc_etl.reports.terms import place_of
from schemas.impact import (
    CeilingCalledMinimum,
    Difference,
    FigureMisprinted,
    ImpactGroup,
    ImpactPeriod,
    ImpactScenario,
    ImpactTables,
    IndirectPricedAsDirect,
    Measure,
    ScenarioKind,
)

TITLE = "TÁC ĐỘNG NGÂN SÁCH NĂM {year}"
SUBTITLE = "Chính sách hỗ trợ người làm việc tại các Trung tâm Điều hành thông minh"
UNIT = "Đơn vị tính: đồng"
DIFFERENCES = "Khác với Tờ trình và Báo cáo đánh giá tác động"
NOTES = "Ghi chú"
CHECKS = "Đối chiếu với số in"
PRINTED_METHOD = "Cách tính của Tờ trình (mọi suất đều tính trực tiếp)"
OWN_METHOD = "Theo quy định của chính sách"
AGREES, DISAGREES = "Khớp", "Khác"
MEASURE = {
    Measure.POSTS: "Số suất",
    Measure.PER_PERSON: "Mức một người, tháng",
    Measure.MONTH: "Chi trả tháng",
    Measure.YEAR: "Chi trả năm",
}

_PROVINCE, _PROVINCES = "Trung tâm IOC tỉnh", "Trung tâm IOC cấp tỉnh"
_DISTRICTS = "Trung tâm IOC cấp huyện"
_TOTAL = "Tổng cộng"
_MOST_NAMES = 4
_MONTHS_OF_A_YEAR = 12


def number_vi(number: int) -> str:
    """1.233.720.000, as Vietnamese papers print it."""
    return f"{number:,}".replace(",", ".")


def scenario_title(scenario: ImpactScenario) -> str:
    """What a table counts."""
    match scenario.kind:
        case ScenarioKind.OPEN:
            return "Các Trung tâm hoạt động trong năm"
        case ScenarioKind.CHOSEN:
            return "Các Trung tâm được chọn"
        case ScenarioKind.ALL_DISTRICTS:
            return f"Khi cả {len(scenario.district_names)} huyện, thị xã, thành phố đều có Trung tâm"


def group_label(scenario: ImpactScenario, group: ImpactGroup) -> str:
    """A row's label: which centres it adds up."""
    match group:
        case ImpactGroup.PROVINCE:
            return _PROVINCE if len(scenario.province_names) == 1 else _label(_PROVINCES, scenario.province_names)
        case ImpactGroup.DISTRICTS:
            return _label(_DISTRICTS, scenario.district_names)
        case ImpactGroup.TOTAL:
            return _TOTAL


def short_label(scenario: ImpactScenario, group: ImpactGroup) -> str:
    """The same without the centres' names."""
    match group:
        case ImpactGroup.PROVINCE:
            return _PROVINCE if len(scenario.province_names) == 1 else f"{len(scenario.province_names)} {_PROVINCES}"
        case ImpactGroup.DISTRICTS:
            return f"{len(scenario.district_names)} {_DISTRICTS}"
        case ImpactGroup.TOTAL:
            return _TOTAL


def _label(kind: str, names: Sequence[str]) -> str:
    if len(names) > _MOST_NAMES:
        return f"{len(names)} {kind}"
    return f"{kind}: {', '.join(place_of(name) or name for name in names)}"


def period_title(period: ImpactPeriod) -> str:
    """Which months a block counts and what one person gets in them."""
    months = f"{period.first_month:%m/%Y}"
    if period.month_count > 1:
        months = f"{period.first_month:%m}–{period.last_month:%m/%Y}"
    return (
        f"Tháng {months} ({period.month_count} tháng): lương cơ sở {number_vi(period.base_salary_vnd)}; "
        f"trực tiếp {number_vi(period.direct_vnd)}, không trực tiếp {number_vi(period.indirect_vnd)} đồng/người/tháng"
    )


def base_salary_line(tables: ImpactTables) -> str:
    """Where the base salary comes from."""
    if tables.is_base_salary_assumed:
        return "Mức lương cơ sở: giả định cho cả năm"
    return f"Mức lương cơ sở theo {'; '.join(tables.base_salary_references)}"


def notes(tables: ImpactTables) -> Iterator[str]:
    """What a reader must know before using the figures."""
    yield "Các bảng tính khi mọi suất trong định mức đều có người, nên là mức tối đa, không phải mức tối thiểu."
    yield "Kinh phí cấp tỉnh do ngân sách tỉnh chi; mỗi Trung tâm cấp huyện do dự toán của chính cấp huyện đó chi."
    if any(len(scenario.periods) > 1 for scenario in tables.scenarios):
        yield "Mức chi thay đổi trong năm: kinh phí năm là tổng của 12 tháng, mỗi tháng theo mức của tháng đó."
    if tables.months_in_force < _MONTHS_OF_A_YEAR:
        yield f"Chính sách chỉ có hiệu lực {tables.months_in_force} tháng của năm; bảng vẫn tính đủ năm để so sánh."
    if tables.is_draft:
        yield "Chính sách còn là dự thảo, chưa có nghị quyết được ban hành."
    if tables.source:
        yield f"Số in: {tables.source}."


def difference_vi(difference: Difference) -> str:
    """The difference as a finance officer would tell it."""
    match difference:
        case FigureMisprinted(check=check, centre_count=centres, posts_per_centre=each):
            return (
                f"In {check.printed} người cho {centres} Trung tâm cấp huyện, đúng phải là {check.counted} người: "
                f"{centres} × {each} = {check.counted} và {number_vi(difference.month_vnd)} = {check.counted} × "
                f"{number_vi(difference.per_person_vnd)}."
            )
        case IndirectPricedAsDirect(agency_name=agency):
            return (
                f"{difference.posts} suất của {agency} không trực tiếp làm việc tại Trung tâm nhưng được tính như trực "
                f"tiếp: tháng {difference.first_month:%m/%Y} là {number_vi(difference.printed_month_vnd)} thay vì "
                f"{number_vi(difference.own_month_vnd)} đồng; {difference.month_count} tháng trong năm thừa "
                f"{number_vi(difference.difference_vnd)} đồng."
            )
        case CeilingCalledMinimum(claimed_vnd=claimed):
            return (
                f"“Tối thiểu” {number_vi(claimed)} đồng từ ngân sách tỉnh thực ra là mức tối đa của mọi Trung tâm; "
                f"ngân sách tỉnh chỉ chịu {number_vi(difference.provincial_vnd)} đồng trong số đó. Theo quy định của "
                f"chính sách, mức tối đa là {number_vi(difference.own_total_vnd)} đồng."
            )


def difference_en(difference: Difference) -> str:
    """The difference in English."""
    match difference:
        case FigureMisprinted(check=check, centre_count=centres, posts_per_centre=each):
            return (
                f"{check.printed} people are printed for {centres} district centres; it must be {check.counted}: "
                f"{centres} × {each} = {check.counted}, and {difference.month_vnd:,} = {check.counted} × "
                f"{difference.per_person_vnd:,}."
            )
        case IndirectPricedAsDirect(agency_name=agency):
            return (
                f"{agency}: {difference.posts} not working at the centre, but priced as if so: "
                f"{difference.printed_month_vnd:,} instead of {difference.own_month_vnd:,} đồng in "
                f"{difference.first_month:%m/%Y}; {difference.difference_vnd:,} too much in the year's "
                f"{difference.month_count} months."
            )
        case CeilingCalledMinimum(claimed_vnd=claimed):
            return (
                f"“At least” {claimed:,} đồng of the provincial budget is in truth a ceiling over all centres; the "
                f"provincial budget bears only {difference.provincial_vnd:,} of it. By the policy's own rule the "
                f"ceiling is {difference.own_total_vnd:,} đồng."
            )

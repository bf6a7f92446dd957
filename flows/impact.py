"""The impact report's tables for any year, on Prefect's pages."""

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.surroundings import services_of_flow
from ioc_etl.core.impact import impact
from ioc_etl.pipeline.privacy import NoPersonalValues
from ioc_etl.reports.impact_text import impact_text


@flow(name="impact", flow_run_name="impact {year}", persist_result=False)
def impact_tables(year: int, base_salary_vnd: int | None = None) -> State[None]:
    """The printed method and the policy's own beside each other, with the differences named.

    Args:
        year: Budget year, as 2022.
        base_salary_vnd: Base salary to assume for the whole year, in đồng; leave empty for the decrees in force.
    """
    with NoPersonalValues():
        policy = services_of_flow().policy
        text = impact_text(impact(policy, year=year, base_salary_vnd=base_salary_vnd))
    create_markdown_artifact(key=f"impact-{year}", markdown=f"```\n{text}\n```", description=f"Tác động năm {year}")
    return Completed(message=f"Bảng tác động năm {year}")

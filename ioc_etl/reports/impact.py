"""The impact tables for people: as text in either language, as a workbook; the differences also one by one."""

from ioc_etl.reports.impact_phrases import difference_text
from ioc_etl.reports.impact_text import impact_text
from ioc_etl.reports.impact_workbook import impact_workbook

__all__ = ["difference_text", "impact_text", "impact_workbook"]

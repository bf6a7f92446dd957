"""The impact tables for people: as text and as a workbook; the differences also one by one, in two languages."""

from ioc_etl.reports.impact_text import impact_text
from ioc_etl.reports.impact_words import difference_en, difference_vi
from ioc_etl.reports.impact_workbook import impact_workbook

__all__ = ["difference_en", "difference_vi", "impact_text", "impact_workbook"]

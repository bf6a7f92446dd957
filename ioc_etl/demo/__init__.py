"""Writes two months of realistic rosters, and provinces of invented people for the tests."""

from ioc_etl.demo.write import DemoPaths, write_demo

__all__ = ["DemoPaths", "write_demo"]

"""The command line: parse, call the pipeline, map errors to exit codes. Imports late."""

from ioc_etl.cli.main import main

__all__ = ["main"]

"""The command line: parse, call the pipeline, map errors to exit codes. Nothing heavy is imported until it is needed."""

from ioc_etl.cli.main import main

__all__ = ["main"]

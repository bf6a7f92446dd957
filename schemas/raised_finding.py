"""Contract of a finding that is raised by itself. No frames: whoever reads a file raises them in a room of its own."""

from dataclasses import dataclass

from schemas.vocabulary import FindingCode


@dataclass(frozen=True, slots=True)
class RaisedFinding:
    """One row of `schemas.finding.RAISED`, for findings that are raised one at a time (files, registers)."""

    code: FindingCode
    centre_code: str | None = None
    source_file: str | None = None
    source_row: int | None = None
    column_name: str | None = None
    found: str | None = None
    expected: str | None = None
    place: str | None = None

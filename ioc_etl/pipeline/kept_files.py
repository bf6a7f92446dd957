"""Files that were kept, as a run takes them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from ioc_etl.adapters.sources import PulledFile
from ioc_etl.adapters.store import KeptFile


def as_pulled(files: Sequence[KeptFile], contents: Mapping[UUID, bytes]) -> tuple[PulledFile, ...]:
    """Kept files as they were pulled."""
    return tuple(
        PulledFile(file.file_name, file.origin, contents[file.source_file_id], file.sha256, file.is_too_large)
        for file in files
    )

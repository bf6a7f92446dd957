"""The policy's versions as runs met them: its files by name, so that a replay reads the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ioc_etl.adapters import audit
from ioc_etl.adapters.policy_files import PolicyTexts
from ioc_etl.adapters.tables import POLICY_DOCUMENT, RUN
from ioc_etl.errors import DatabaseError

PARAMETER_CHANGE = "parameter_change"


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A version of the policy that no run had met before: the one before it, and the files that differ."""

    version: str
    version_before: str | None
    files: tuple[str, ...]


def keep_policy(connection: sa.Connection, version: str, texts: PolicyTexts) -> PolicyChange | None:
    """Keep the files of a version that is not kept yet; None when it is. Call it before the run's own row is written.

    The version before is the one of the last run of any month.
    """
    if _documents(connection, version) is not None:
        return None
    documents = texts.documents()
    before = connection.scalar(sa.select(RUN.c.policy_version).order_by(RUN.c.run_no.desc()).limit(1))
    known = (_documents(connection, before) if before else None) or {}
    kept = insert(POLICY_DOCUMENT).values(policy_version=version, documents=documents).on_conflict_do_nothing()
    if not connection.execute(kept).rowcount:
        return None
    changed = {name for name in {*documents, *known} if documents.get(name) != known.get(name)} if known else set()
    return PolicyChange(version, before, tuple(sorted(changed)))


def tell_change(connection: sa.Connection, change: PolicyChange, *, at: datetime, actor: str, run_id: UUID) -> None:
    """Write the change into the audit chain; among the last statements of the run's transaction."""
    audit.record(
        connection,
        audit.AuditEvent(
            at=at,
            actor=actor,
            action=PARAMETER_CHANGE,
            run_id=run_id,
            detail={
                "policy_version": change.version,
                "policy_version_before": change.version_before,
                "files": list(change.files),
            },
        ),
    )


def read_policy_texts(connection: sa.Connection, version: str) -> PolicyTexts:
    """The files of a version that a run has met.

    Raises:
        DatabaseError: they are not kept: the run was made by an older program.
    """
    texts = find_policy_texts(connection, version)
    if texts is None:
        raise DatabaseError(
            f"the parameters of policy {version[:12]} are not kept: that run was made before replays were possible; "
            "run the month again"
        )
    return texts


def find_policy_texts(connection: sa.Connection, version: str) -> PolicyTexts | None:
    """The files of a version; None when they are not kept."""
    documents = _documents(connection, version)
    return None if documents is None else PolicyTexts.of_documents(documents)


def _documents(connection: sa.Connection, version: str) -> Mapping[str, str] | None:
    known = sa.select(POLICY_DOCUMENT.c.documents).where(POLICY_DOCUMENT.c.policy_version == version)
    found = connection.scalar(known)
    return None if found is None else dict(found)

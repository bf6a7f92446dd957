"""What Prefect's server and worker on this machine are told: where they live, and that they talk to nobody else."""

from collections.abc import Mapping
from pathlib import Path

LOOPBACK = "127.0.0.1"
WORK_POOL = "ioc-etl"

QUIET = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",  # the server's heartbeat, and the browser's analytics in the UI
    "DO_NOT_TRACK": "1",  # the SDK's analytics; Prefect knows it by no other name
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
}
"""Everything by which Prefect 3.8.8 would call out. An operator who sets one of them otherwise is obeyed.

The list of integrations that the server fetches from GitHub has no setting: `flows.server` keeps it local.
"""

_KEEP_HISTORY = {
    # The default forgets who holds a concurrency slot when the server restarts, and the slot stays taken for ever.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "PREFECT_WORKER_QUERY_SECONDS": "2",
}


def temporary_folder(home: Path) -> Path:
    """Where Prefect's processes put what they need for a moment."""
    return home / "tmp"


def ui_url(port: int) -> str:
    """Where the UI answers."""
    return f"http://{LOOPBACK}:{port}"


def prefect_environment(inherited: Mapping[str, str], home: Path, port: int) -> dict[str, str]:
    """The environment of the server, the worker and the flows that the worker starts.

    Places and addresses are ours whatever the shell says, so that nothing of another Prefect installation (a profile,
    a cloud account's address) is used by mistake; `home` holds all that Prefect keeps. The rest are defaults that a
    variable in `inherited` overrides.
    """
    address = ui_url(port)
    ours = {
        "PREFECT_HOME": str(home),
        # The runner makes a folder of a fixed name in it, which in /tmp belongs to the first user who ran Prefect.
        "TMPDIR": str(temporary_folder(home)),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_API_URL": f"{address}/api",
        "PREFECT_UI_URL": address,
        "PREFECT_SERVER_API_HOST": LOOPBACK,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_UI_API_URL": f"{address}/api",
        "PREFECT_UI_STATIC_DIRECTORY": str(home / "ui"),
        # Else any page open in a browser of this machine could read what the server knows.
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"{address},http://localhost:{port}",
    }
    others = {name: value for name, value in inherited.items() if name != "PREFECT_PROFILE"}
    return {**QUIET, **_KEEP_HISTORY, **others, **ours}

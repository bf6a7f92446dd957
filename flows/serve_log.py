"""What `serve` and its processes say to whoever watches them."""

import logging

serve_log = logging.getLogger("ioc_etl.serve")


def speak_on_stderr() -> None:
    """Write the log's lines to stderr, apart from Prefect's own logging, which takes the root logger for itself."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s ioc-etl serve: %(message)s", "%Y-%m-%d %H:%M:%S"))
    serve_log.addHandler(handler)
    serve_log.setLevel(logging.INFO)
    serve_log.propagate = False

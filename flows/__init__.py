"""The only room that knows Prefect: it schedules, retries and shows; the pipeline does the work."""

import os

from flows.local_prefect import QUIET

# Prefect reads these when it is imported. A flow that is called in a plain program starts a server of its own, which
# would call out; `serve` and its processes get them by their environment.
for _name, _value in QUIET.items():
    os.environ.setdefault(_name, _value)

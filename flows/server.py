"""Prefect's server as `flows.serve` runs it: it answers this machine alone and calls nobody.

Started as `python -m uvicorn --factory flows.server:create_app`.
"""

from fastapi import FastAPI
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from prefect.server.api import collections
from prefect.server.api.server import create_app as create_prefect_app

from flows.local_prefect import LOOPBACK

_NO_ADDRESS = ""


def create_app() -> FastAPI:
    """Prefect's app with two changes that no setting makes.

    The catalogue of Prefect's integrations, which pages of the UI ask for, comes from the copy in Prefect's wheel and
    is never fetched from GitHub. A request that names another host is refused, so that a foreign page whose name was
    pointed at this machine cannot read the secrets kept here.
    """
    for view in collections.KNOWN_VIEWS:
        collections.KNOWN_VIEWS[view] = _NO_ADDRESS
    app = create_prefect_app(final=True)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost"])
    return app

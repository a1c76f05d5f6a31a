"""Telling a hospital system that its task has ended: a POST of the Task, to an address in the settings alone.

The Task holds ids and states and nothing of the patient; who is told fetches the rest with its own credentials, so
that a body that somebody made up gives away and changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from urllib.error import URLError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from sqlalchemy import RowMapping

from service.fhir.names import FHIR_JSON
from service.tasks.showing import resource_of

_TIMEOUT = 5.0


class _NoRedirect(HTTPRedirectHandler):
    """The address in the settings is the one that is told, and no other."""

    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""
        return


def tell(row: RowMapping, allowed: Collection[str]) -> bool:
    """Tell of the task in `row`; whether its system answered with a status of success."""
    url = row["callback"]
    if url not in allowed:  # taken out of the settings meanwhile
        return False
    body = json.dumps(resource_of(row)).encode()
    request = Request(url, body, {"Content-Type": FHIR_JSON}, method="POST")  # noqa: S310 - of the settings: http(s)
    try:
        with build_opener(_NoRedirect, ProxyHandler({})).open(request, timeout=_TIMEOUT) as answer:
            return 200 <= int(answer.status) < 300
    except (URLError, OSError, ValueError):
        return False

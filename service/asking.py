"""In which language a request asks to be answered."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from service.catalogues import DICTIONARIES
from service.wording import preferred

#: Holds `en` or `zh`, where someone has chosen on a page.
LANGUAGE_COOKIE = "phenomap-language"


def language_asked(connection: HTTPConnection) -> str:
    """The language chosen on a page, else that which Accept-Language asks for; one of DICTIONARIES."""
    chosen = connection.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen and chosen in DICTIONARIES else preferred(connection.headers.get("accept-language"))

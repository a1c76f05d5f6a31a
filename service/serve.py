"""Serving: what is needed opened once; beyond this machine only where people can be known and TLS is spoken."""

from __future__ import annotations

import gc
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from ontology.errors import PhenomapError
from service.guards import LOOPBACK_HOSTS
from service.vendor.fetch import refuse_missing

if TYPE_CHECKING:
    from matching.assess import Assessor
    from service.settings import Settings
    from service.store.database import Database

#: Python's own 700 are made several times in one answer, and nothing in an answer is garbage in a circle: to put a
#: ranking into words took 3.8 ms with them and 3.3 ms with these.
_OBJECTS_BETWEEN_SEARCHES = 10_000

Say = Callable[[str], None]


def settle(assessor: Assessor) -> None:
    """Make what `assessor` makes once; look through what is open for garbage now, and never again.

    What is open by now lives as long as the server, and Python would look through it every few answers: one in a
    hundred then took 92 ms of work instead of 29.
    """
    _ = assessor.questions, assessor.genes
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_SEARCHES)


class NotLoopback(PhenomapError):
    """The address asked for is reachable from other machines, and what that needs is not there."""


def refuse_open_address(host: str, settings: Settings) -> None:
    """Raise NotLoopback for an address beyond loopback without TLS, names to be reached by, or for demonstrations."""
    if settings.demonstration and (host not in LOOPBACK_HOSTS or settings.secure):
        raise NotLoopback(
            "A demonstration lets everyone in who can reach it, so it is for this machine alone.",
            "Use --host 127.0.0.1 without TLS and proxies, or leave --demonstration out.",
        )
    if host in LOOPBACK_HOSTS:
        return
    if not settings.secure:
        raise NotLoopback(
            "Beyond loopback and without TLS, passwords and patients' words would cross the network in clear.",
            "Set `tls` (certificate and key) or `trusted_proxies` in the settings, or use --host 127.0.0.1.",
        )
    if not settings.hosts and _is_every(host):
        raise NotLoopback("It is not said under which names this service is reached.", "Set `hosts` in the settings.")


def serve(knowledge_root: Path, host: str, port: int, settings: Settings, say: Say = print) -> None:
    """Open the release in use and what is kept, migrated, and serve until told to stop.

    Raises NotLoopback, AssetsError, a StoreError, or a KnowledgeError where there is no sound knowledge. There is no
    access log: the query of a search may hold a patient's words.
    """
    refuse_open_address(host, settings)
    refuse_missing()  # before a key or a database is made
    import uvicorn

    from matching.assess import Assessor
    from ontology.knowledge import Knowledge
    from service.app import create_app
    from service.demo import demo_case
    from service.faces.opening import FaceState
    from service.faces.serving import open_faces
    from service.identity.demonstration import keep_demonstration
    from service.opening import opened

    assessor = Assessor.open(Knowledge.open(knowledge_root))
    with opened(settings, say) as keeping:
        origin = f"{'https' if settings.secure else 'http'}://{_in_url(host)}:{port}"
        _greet(origin, host, settings, say, keeping.database)
        hosts = LOOPBACK_HOSTS | settings.hosts | (set() if _is_every(host) else {host})
        faces = open_faces(settings.faces, keeping, assessor.knowledge)
        if settings.demonstration:
            keep_demonstration(keeping, settings.cases, assessor.knowledge.terms, faces.state is FaceState.READY)
        app = create_app(
            assessor, keeping=keeping, settings=settings, demo=demo_case(), hosts=frozenset(hosts), faces=faces
        )
        settle(assessor)
        uvicorn.run(
            app,
            host=host,
            port=port,
            access_log=False,
            server_header=False,
            log_level="warning",
            timeout_keep_alive=30,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            ssl_certfile=settings.tls.certificate if settings.tls else None,
            ssl_keyfile=settings.tls.key if settings.tls else None,
        )


def _greet(origin: str, host: str, settings: Settings, say: Say, database: Database) -> None:
    """Say how to come in; raises NotLoopback where nobody could be known from elsewhere."""
    from service.identity.accounts import has_accounts
    from service.identity.demonstration import demonstration_link

    if settings.demonstration:
        secret = database.write(demonstration_link)
        say(f"Phenomap is at {origin}")
        say(f"Sign in as the demonstration's clinician, once, within 12 hours: {origin}/sign-in#once={secret}")
        return
    if not database.read(has_accounts):
        if host not in LOOPBACK_HOSTS:
            raise NotLoopback(
                "There is no account yet, so nobody could be known.", "Run `phenomap user first-administrator NAME`."
            )
        say("There is no account yet: whoever sits at this machine may assess, and nothing of it is kept.")
        say("To keep cases, run `phenomap user first-administrator NAME`.")
    say(f"Phenomap is at {origin}")


def _is_every(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return not host


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host

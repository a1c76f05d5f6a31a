"""Serving: knowledge opened once, one process, loopback only."""

from __future__ import annotations

from pathlib import Path

from ontology.errors import PhenomapError
from service.guards import LOOPBACK_HOSTS


class NotLoopback(PhenomapError):
    """The address asked for is reachable from other machines."""


def refuse_open_address(host: str) -> None:
    """Raise NotLoopback for any address but loopback: this release cannot tell who asks."""
    if host not in LOOPBACK_HOSTS:
        raise NotLoopback(
            "This release serves on loopback only: it has no sign-in, so anyone who can reach it could use it.",
            "Use --host 127.0.0.1, and reach it from elsewhere through an SSH tunnel.",
        )


def serve(knowledge_root: Path, host: str, port: int) -> None:
    """Open the release in use under `knowledge_root` and serve until told to stop.

    Raises NotLoopback, or a KnowledgeError where there is no sound knowledge. There is no access log: the query of a
    search may hold a patient's words.
    """
    refuse_open_address(host)
    import uvicorn

    from matching.assess import Assessor
    from ontology.knowledge import Knowledge
    from service.app import create_app
    from service.demo import demo_case

    app = create_app(Assessor.open(Knowledge.open(knowledge_root)), demo=demo_case())
    uvicorn.run(
        app, host=host, port=port, access_log=False, server_header=False, log_level="warning", timeout_keep_alive=30
    )

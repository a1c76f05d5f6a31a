"""A document read in a process of its own, which is ended where it takes too long or too much."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from ontology.errors import PhenomapError
from service.catalogues import DICTIONARIES
from service.documents.document import Bounds, Document, Kind, Notice, NoticeKind, Refusal
from service.documents.telling import refused

#: What the process takes from the environment; there are secrets in it, of which it needs none.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")


class DocumentRefused(PhenomapError):
    """A document was not read: why, and what its kind is called where that is known."""

    def __init__(self, why: Refusal, named: str = "") -> None:
        super().__init__(*refused(why, named, DICTIONARIES["en"]))
        self.why = why
        self.named = named


def read(content: bytes, bounds: Bounds | None = None) -> Document:
    """The text of a document of any kind in service.documents.document.Kind; raises DocumentRefused.

    It is read in another process within `bounds`; `content` and what comes of it pass through pipes, and no disk.
    """
    bounds = bounds or Bounds()
    if len(content) > bounds.content:
        raise DocumentRefused(Refusal.TOO_LARGE)
    answer = _asked(content, bounds)
    if "refused" in answer:
        raise DocumentRefused(Refusal(answer["refused"]), answer["named"])
    notices = tuple(Notice(NoticeKind(each["kind"]), each["count"], each["named"]) for each in answer["notices"])
    return Document(answer["text"], Kind(answer["kind"]), answer["pages"], notices)


def _asked(content: bytes, bounds: Bounds) -> dict[str, Any]:
    command = [sys.executable, "-I", "-m", "service.documents.child", json.dumps(asdict(bounds))]
    environment = {name: value for name in _ENVIRONMENT if (value := os.environ.get(name)) is not None}
    with subprocess.Popen(  # noqa: S603 - this interpreter, with arguments of ours alone
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        try:
            output, _ = process.communicate(content, timeout=bounds.seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise DocumentRefused(Refusal.TOO_SLOW) from None
    if -process.returncode in (signal.SIGXCPU, signal.SIGKILL):  # the limit on its time, soft and hard
        raise DocumentRefused(Refusal.TOO_SLOW)
    try:
        answer = json.loads(output)
    except ValueError:
        raise DocumentRefused(Refusal.FAILED) from None
    assert isinstance(answer, dict)
    return answer

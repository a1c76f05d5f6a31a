"""Texts of documents that came as attachments: plain text is decoded here, the rest read in a confined process.

Many documents of one request are read by one process in turn, for starting one takes longer than reading a page; where
it fails or takes too long, each that is left is read by a process of its own, within what time is left.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

from service.catalogues import DICTIONARIES, FIRST
from service.documents.document import Bounds, Refusal
from service.documents.kinds import is_plain
from service.documents.reading import DocumentRefused, read
from service.documents.telling import refused
from service.fhir.issues import Issue, warning
from service.fhir.reading.items import Attached, Text
from service.problems import Fault

#: A document in order that holds no text to be read: told, and no reason to refuse what was sent with it.
_OF_ITS_KIND = frozenset(
    {
        Refusal.EMPTY,
        Refusal.OLD_WORD,
        Refusal.OTHER_OFFICE,
        Refusal.PICTURE,
        Refusal.ENCRYPTED,
        Refusal.NO_TEXT_LAYER,
        Refusal.NO_TEXT,
        Refusal.UNREADABLE_FONTS,
    }
)
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")


@dataclass(frozen=True, slots=True)
class DocumentTexts:
    """Reads documents within `bounds`, all of one request within `seconds`. One is read by itself from `large` bytes.

    Why one is not read is told in `language`.
    """

    bounds: Bounds = field(default_factory=Bounds)
    seconds: float = 60.0
    large: int = 1_000_000
    language: str = FIRST

    def read(self, documents: Sequence[Attached]) -> list[tuple[Text | Issue, ...]]:
        """What each comes to, in turn: its text, or why there is none."""
        until = time.monotonic() + self.seconds
        small = [
            at for at, each in enumerate(documents) if not is_plain(each.content) and len(each.content) < self.large
        ]
        together = self._together([documents[at].content for at in small], until) if len(small) > 1 else []
        known = dict(zip(small, together, strict=False))
        return [tuple(self._one(each, known.get(at), until)) for at, each in enumerate(documents)]

    def _one(self, document: Attached, answer: dict[str, str] | None, until: float) -> Iterator[Text | Issue]:
        if is_plain(document.content):
            text = document.content.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
            if len(text) > self.bounds.characters:
                yield self._refused(document, Refusal.TOO_LONG, "")
                return
        else:
            try:
                text = self._text(document.content, answer, until)
            except DocumentRefused as refusal:
                yield self._refused(document, refusal.why, refusal.named)
                return
        if text.strip():
            yield Text(text, document.path, document.dated, document.language)
        else:
            yield self._refused(document, Refusal.NO_TEXT, "")

    def _text(self, content: bytes, answer: dict[str, str] | None, until: float) -> str:
        if answer is not None:
            if "refused" in answer:
                raise DocumentRefused(Refusal(answer["refused"]), answer["named"])
            return answer["text"]
        left = until - time.monotonic()
        if left < 1:
            raise DocumentRefused(Refusal.TOO_SLOW)
        bounds = Bounds(**{**asdict(self.bounds), "seconds": max(1, min(self.bounds.seconds, int(left)))})
        return read(content, bounds).text

    def _together(self, contents: Sequence[bytes], until: float) -> list[dict[str, str]]:
        """What one process answers of many; as many answers as it came to give."""
        left = until - time.monotonic()
        bounds = {**asdict(self.bounds), "seconds": max(1, min(self.bounds.seconds, int(left / 2)))}
        command = [sys.executable, "-I", "-m", "service.fhir.reading.texts_child", json.dumps(bounds)]
        environment = {name: value for name in _ENVIRONMENT if (value := os.environ.get(name)) is not None}
        sent = b"".join(len(content).to_bytes(8) + content for content in contents)
        with subprocess.Popen(  # noqa: S603 - this interpreter, with arguments of ours alone
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        ) as process:
            try:
                output, _ = process.communicate(sent, timeout=bounds["seconds"])
            except subprocess.TimeoutExpired:
                process.kill()
                output, _ = process.communicate()
        return list(_answers(output))

    def _refused(self, document: Attached, why: Refusal, named: str) -> Issue:
        what, mend = refused(why, named, DICTIONARIES[self.language])
        fault = Fault(field=document.path, what=what, mend=mend)
        return warning(fault, "not-supported") if why in _OF_ITS_KIND else Issue(fault, code="not-supported")


def _answers(output: bytes) -> Iterator[dict[str, str]]:
    """The lines that are whole."""
    for line in output.split(b"\n")[:-1]:
        try:
            answer = json.loads(line)
        except ValueError:
            return
        yield answer

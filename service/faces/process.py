"""The face reader in a process of its own: started when first needed, bounded, and started again when it has ended.

One photo at a time. A process that takes too long or too much memory is ended, and the photo that did it is refused;
the next photo has a new process. Photos and readings pass through pipes, and no disk.
"""

from __future__ import annotations

import os
import select
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from facial.reading import FacePatient, PhotoReading
from ontology.errors import InputError, PhenomapError
from service.faces.seam import Explanation, FaceBounds, Part
from service.faces.wire import HEAD, LONGEST, Message, unframed, unpacked

#: What the process takes from the environment; there are secrets in it, of which it needs none.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "PHENOMAP_MODELS")
#: One thread: the processors are the service's, and a photo takes some 0.2 s on one.
_THREADS = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
#: Seconds between two looks at the process's memory.
_WATCH = 0.02
_PIECE = 1 << 16
_PAGE = os.sysconf("SC_PAGE_SIZE")


class FacesMissing(PhenomapError):
    """There is nothing here to read faces with: what is missing, and how to get it."""


class _Ended(Exception):
    """The process has ended, or was ended: why, in a word."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What the process says is wrong."""

    what: str
    mend: str


class FaceProcess:
    """Holds one process run by `command`; shared between threads, which wait for one another."""

    def __init__(self, command: Sequence[str], bounds: FaceBounds | None = None) -> None:
        self.command = tuple(command)
        self.bounds = bounds or FaceBounds()
        self.started = 0  # processes so far
        self._child: subprocess.Popen[bytes] | None = None
        self._using = threading.Lock()
        self._closed = False

    def open(self) -> None:
        """Start the process, where it does not run; raises FacesMissing."""
        with self._using:
            self._running()

    def describe(self, photo_id: str, content: bytes, patient: FacePatient) -> PhotoReading:
        """As FaceDescriber; raises FacesMissing, and InputError too where the photo takes too much."""
        told = {"age_days": patient.age_days, "sex": patient.sex.value, "ancestry": patient.ancestry}
        answer = self._asked(Message({"photo": photo_id, "patient": told}, content))
        try:
            return unpacked(PhotoReading, answer)
        except (KeyError, TypeError, ValueError, AssertionError):
            raise _too_much() from None

    def explain_measure(self, content: bytes, code: str, direction: int) -> Explanation:
        """As FaceDescriber; raises as `describe`."""
        return self._explained(Message({"code": code, "direction": direction}, content))

    def explain_direction(self, content: bytes, direction: Sequence[float]) -> Explanation:
        """As FaceDescriber; raises as `describe`."""
        return self._explained(Message({"towards": list(direction)}, content))

    def close(self) -> None:
        """End the process; no other is started."""
        with self._using:
            self._closed = True
            self._end()

    def _explained(self, message: Message) -> Explanation:
        answer = self._asked(message)
        try:
            parts = [Part((box[0], box[1], box[2], box[3]), float(share)) for box, share in answer.said["regions"]]
            return Explanation(answer.content, tuple(parts), bool(answer.said["holds"]))
        except (KeyError, TypeError, ValueError, IndexError):
            raise _too_much() from None

    def _asked(self, message: Message) -> Message:
        with self._using:
            child = self._running()
            try:
                answer = self._exchange(child, message.framed(), self.bounds.seconds)
            except _Ended:
                self._end()
                raise _too_much() from None
        if "input" in answer.said:
            field, *words = map(str, answer.said["input"])
            told = _Told(*words)
            raise InputError(field, told.what, told.mend)
        if "failed" in answer.said:
            raise _too_much()
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        """The process, which waits for a photo."""
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._end()
        if self._closed:
            raise FacesMissing("The service is being stopped.", "Ask again in a moment.")
        child = subprocess.Popen(  # noqa: S603 - this interpreter, with arguments of ours alone
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**_environment(), **_THREADS},
            bufsize=0,
        )
        self._child = child
        self.started += 1
        try:
            answer = self._exchange(child, b"", self.bounds.opening)
        except _Ended:
            self._end()
            raise FacesMissing("The face models could not be opened.", "Run `phenomap face build`.") from None
        if "missing" in answer.said:
            self._end()
            told = _Told(*map(str, answer.said["missing"]))
            raise FacesMissing(told.what, told.mend)
        return child

    def _exchange(self, child: subprocess.Popen[bytes], sent: bytes, seconds: float) -> Message:
        """Send bytes and hear one message, watching time and memory meanwhile; raises _Ended."""
        assert child.stdin is not None
        assert child.stdout is not None
        into, out = child.stdin.fileno(), child.stdout.fileno()
        os.set_blocking(into, False)
        left, heard, until = memoryview(sent), bytearray(), time.monotonic() + seconds
        while not _whole(heard):
            if time.monotonic() > until:
                raise _Ended("slow")
            if _resident(child.pid) > self.bounds.memory:
                raise _Ended("large")
            readable, writable, _ = select.select([out], [into] if left else [], [], _WATCH)
            try:
                if writable:
                    left = left[os.write(into, left[:_PIECE]) :]
                piece = os.read(out, _PIECE) if readable else b""
            except BlockingIOError:
                continue
            except OSError:
                raise _Ended("gone") from None
            if readable and not piece:
                raise _Ended("gone")
            heard += piece
        return _message(heard)

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()


def _whole(heard: bytearray) -> bool:
    if len(heard) < HEAD.size:
        return False
    length = int(sum(HEAD.unpack_from(heard)))
    if length > LONGEST:
        raise _Ended("long")
    return len(heard) >= HEAD.size + length


def _message(heard: bytearray) -> Message:
    try:
        return unframed(bytes(heard[: HEAD.size]), bytes(heard[HEAD.size :]))
    except ValueError:
        raise _Ended("garbled") from None


def _too_much() -> InputError:
    return InputError(
        "photo",
        "This photo could not be read within the time and memory that a photo is given.",
        "Save it as a plain JPEG file of at most 2,000 pixels on a side, and send that.",
    )


def _environment() -> Mapping[str, str]:
    return {name: value for name in _ENVIRONMENT if (value := os.environ.get(name)) is not None}


def _resident(pid: int) -> int:
    """Bytes of memory that the process holds; 0 where it has ended, or the system does not say."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return 0

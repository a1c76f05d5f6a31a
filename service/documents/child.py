"""What runs in the process of its own that reads one document: bytes on standard input, JSON on standard output.

Its limits are set before a byte is read. It opens no file for writing, no connection and no other program, and tells
nothing of what went wrong but a word for it: a message may quote the document.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from dataclasses import asdict
from typing import Any, NoReturn

from service.documents.document import Bounds, Document, Refusal, Refused

#: Events (PEP 578) that no reading of a document causes, but for `open`, which is looked at more closely.
_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.remove", "os.rename")
_FORBIDDEN_FILES = ("os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "shutil.", "ctypes.", "tempfile.")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


def main() -> None:
    """Read one document; bounds come as JSON in the only argument."""
    bounds = Bounds(**json.loads(sys.argv[1]))
    _confine(bounds)
    answer: dict[str, Any]
    try:
        from service.documents.dispatch import document_of

        answer = as_json(document_of(sys.stdin.buffer.read(), bounds))
    except Refused as refused:
        answer = {"refused": refused.why.value, "named": refused.named}
    except MemoryError:
        answer = {"refused": Refusal.TOO_COMPLEX.value, "named": ""}
    except RecursionError:
        answer = {"refused": Refusal.DAMAGED.value, "named": ""}
    except Exception:
        answer = {"refused": Refusal.FAILED.value, "named": ""}
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))
    sys.stdout.buffer.flush()
    _leave()


def as_json(document: Document) -> dict[str, Any]:
    """A document as it is handed over."""
    return asdict(document)


def _confine(bounds: Bounds) -> None:
    for limit, most in (
        (resource.RLIMIT_AS, bounds.memory),
        (resource.RLIMIT_CPU, bounds.seconds + 1),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (allowed, allowed))
    sys.addaudithook(_audit)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        flags = arguments[2] if len(arguments) > 2 else 0
        if isinstance(flags, int) and flags & _WRITING:
            raise PermissionError
    elif event.startswith((*_FORBIDDEN, *_FORBIDDEN_FILES)):
        raise PermissionError


def _leave() -> NoReturn:
    """End without taking down what was built: there may be much of it."""
    os._exit(0)


if __name__ == "__main__":
    main()

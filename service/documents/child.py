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

from service.confining import confine
from service.documents.document import Bounds, Document, Refusal, Refused


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
    confine({resource.RLIMIT_AS: bounds.memory, resource.RLIMIT_CPU: bounds.seconds + 1}, also=("ctypes.",))


def _leave() -> NoReturn:
    """End without taking down what was built: there may be much of it."""
    os._exit(0)


if __name__ == "__main__":
    main()

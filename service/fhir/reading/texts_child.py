"""What runs in the confined process that reads many documents in turn.

Each comes on standard input after its length, and a line of JSON for each goes to standard output. It is as bounded and
as silent as service.documents.child.
"""

from __future__ import annotations

import json
import os
import resource
import sys

from service.confining import confine
from service.documents.document import Bounds, Refusal, Refused


def main() -> None:
    """Read all; bounds of time and memory come as JSON in the only argument and are for all of them together."""
    bounds = Bounds(**json.loads(sys.argv[1]))
    confine({resource.RLIMIT_AS: bounds.memory, resource.RLIMIT_CPU: bounds.seconds + 1}, also=("ctypes.",))
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while head := source.read(8):
        answer = _read(source.read(int.from_bytes(head)), bounds)
        target.write(json.dumps(answer).encode("ascii") + b"\n")
        target.flush()
    os._exit(0)


def _read(content: bytes, bounds: Bounds) -> dict[str, str]:
    from service.documents.dispatch import document_of

    try:
        return {"text": document_of(content, bounds).text}
    except Refused as refused:
        return {"refused": refused.why.value, "named": refused.named}
    except MemoryError:
        return {"refused": Refusal.TOO_COMPLEX.value, "named": ""}
    except RecursionError:
        return {"refused": Refusal.DAMAGED.value, "named": ""}
    except Exception:
        return {"refused": Refusal.FAILED.value, "named": ""}


if __name__ == "__main__":
    main()

"""What runs in the process of its own that reads faces: photos on standard input, readings on standard output.

It opens its models, then lets itself write no file, open no connection and run no other program (PEP 578), and has so
much memory and no more. It tells nothing of what went wrong but a word for it: a message may quote the photo.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import BinaryIO

from facial.reading import FacePatient
from ontology.errors import InputError, PhenomapError
from ontology.features import PatientSex
from service.confining import confine
from service.faces.seam import Explains, FaceDescriber
from service.faces.wire import HEAD, LONGEST, Message, packed, unframed

#: Behind the service, which answers people who wait for more than a photo.
_NICE = 5


def main() -> None:
    """Open the reader named by the only argument, JSON with `models`, `reference`, `irv1` and `memory`, and answer."""
    from facial.models.irv1 import Irv1Weights
    from service.faces.opening import FaceFiles, open_reader

    given = json.loads(sys.argv[1])
    models, reference = (None if given[name] is None else Path(given[name]) for name in ("models", "reference"))
    irv1 = None if given["irv1"] is None else Irv1Weights(Path(given["irv1"][0]), given["irv1"][1])
    files = FaceFiles(models, reference, irv1)
    try:
        reader = open_reader(files)
    except PhenomapError as error:
        _say(Message({"missing": [error.what, error.mend]}))
        return
    serve(reader, given["memory"])


def serve(reader: FaceDescriber, memory: int) -> None:
    """Answer until standard input ends; `memory` are bytes."""
    os.nice(_NICE)
    confine({resource.RLIMIT_DATA: memory})
    _say(Message({"ready": True}))
    while (asked := _heard(sys.stdin.buffer)) is not None:
        _say(_answer(reader, asked))


def _answer(reader: FaceDescriber, asked: Message) -> Message:
    try:
        if "code" in asked.said:
            return _explained(reader.explain_measure(asked.content, asked.said["code"], asked.said["direction"]))
        if "towards" in asked.said:
            return _explained(reader.explain_direction(asked.content, asked.said["towards"]))
        told = asked.said["patient"]
        patient = FacePatient(told["age_days"], PatientSex(told["sex"]), told["ancestry"])
        return packed(reader.describe(asked.said["photo"], asked.content, patient))
    except InputError as error:
        return Message({"input": [error.field, error.what, error.mend]})
    except MemoryError:
        return Message({"failed": "memory"})
    except Exception:
        return Message({"failed": "error"})


def _explained(found: Explains) -> Message:
    regions = [[list(map(int, part.box)), float(part.share)] for part in found.regions]
    return Message({"regions": regions, "holds": bool(found.holds)}, found.png)


def _heard(pipe: BinaryIO) -> Message | None:
    head = pipe.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    length = sum(HEAD.unpack(head))
    if length > LONGEST:
        return None
    body = pipe.read(length)
    return unframed(head, body) if len(body) == length else None


def _say(message: Message) -> None:
    sys.stdout.buffer.write(message.framed())
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

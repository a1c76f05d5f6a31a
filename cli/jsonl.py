"""JSON Lines in and out: each line is answered or its fault is, the output file appears whole or not at all."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ontology.errors import InputError, PhenomapError

#: A note of a million characters in UTF-8 with every character escaped has 6 MB; a longer line is no line of ours.
LONGEST_LINE = 12_000_000
#: How many faulty lines are named in the closing words; each has its fault in the output all the same.
_NAMED = 10

Answer = Callable[[bytes], dict[str, Any]]


class LineFaults(Exception):
    """What is wrong with one line: field, what and mend of each fault. `id` is the line's own, where it has one."""

    def __init__(self, id: str | None, faults: list[dict[str, str]]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.id = id
        self.faults = faults


@dataclass(slots=True)
class _Tally:
    lines: int = 0
    faulty: list[int] = field(default_factory=list)


def answer_lines(source: str, target: str, answer: Answer, *, empty: dict[str, Any]) -> int:
    """Answer each line of `source` into `target` (`-`: stdin, stdout); 0 where every line was answered, else 1.

    A line that cannot be answered gives `{"id", "line", "error": [{"field","what","mend"}]}` with the members of
    `empty`, in its place: no line is lost. Raises PhenomapError where the file holds no line.
    """
    tally = _Tally()
    with _opened_source(source) as lines, _opened_target(target) as out:
        for number, line in enumerate(_bounded(lines), 1):
            if not line.strip():
                continue
            tally.lines += 1
            try:
                answered = answer(line)
            except LineFaults as error:
                tally.faulty.append(number)
                answered = {"id": error.id, **empty, "line": number, "error": error.faults}
            out.write(json.dumps(answered, ensure_ascii=False) + "\n")
        if not tally.lines:
            raise PhenomapError(f"{_named(source)} holds no line.", "Send one JSON object a line.")
    return _closing_words(tally)


def _closing_words(tally: _Tally) -> int:
    if not tally.faulty:
        return 0
    named = ", ".join(map(str, tally.faulty[:_NAMED])) + (" ..." if len(tally.faulty) > _NAMED else "")
    sys.stderr.write(
        f"phenomap: {len(tally.faulty)} of {tally.lines} lines could not be answered (line {named}); "
        "`error` in their place in the output says why.\n"
    )
    return 1


def _bounded(lines: IO[bytes]) -> Iterator[bytes]:
    while line := lines.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise InputError("line", f"A line is longer than {LONGEST_LINE:,} bytes.", "Send one JSON object a line.")
        yield line.removeprefix(b"\xef\xbb\xbf")


@contextmanager
def _opened_source(source: str) -> Iterator[IO[bytes]]:
    if source == "-":
        yield sys.stdin.buffer
        return
    with Path(source).open("rb") as lines:
        yield lines


@contextmanager
def _opened_target(target: str) -> Iterator[IO[str]]:
    if target == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    whole = Path(target)
    part = whole.with_name(whole.name + ".part")
    try:
        with part.open("w", encoding="utf-8") as out:
            yield out
        part.replace(whole)
    finally:
        part.unlink(missing_ok=True)


def _named(source: str) -> str:
    return "Standard input" if source == "-" else source

"""The flagged patients of all parts in one file of JSON Lines, by rank; memory does not grow with the file."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from screening.private import whole_file


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flagged patient's place: `begin` and `length` in bytes of flagged.jsonl."""

    rank: int
    patient: str
    chance: float | None
    begin: int
    length: int


@dataclass(frozen=True, slots=True)
class Foremost:
    """How many flagged patients have a disease or a gene in the first place: (id, name) and gene symbols."""

    diseases: Counter[tuple[str, str]]
    genes: Counter[str]


def merged(told: Iterable[Path], target: Path) -> tuple[list[Flagged], Foremost]:
    """Write `target` from the told parts; who is in it, by rank, and what stands first among them.

    A byte that is no UTF-8 (half of a surrogate pair from a damaged note) becomes U+FFFD: the file is valid UTF-8.
    """
    foremost = Foremost(Counter(), Counter())
    with tempfile.TemporaryFile(dir=target.parent) as unordered, whole_file(target) as out:
        found: list[Flagged] = []
        for line in _lines(told):
            found.append(_counted(line, unordered.tell(), foremost))
            unordered.write(line)
        found.sort(key=lambda each: (each.rank, each.patient))
        placed = list(_moved(found, unordered, out))
    return placed, foremost


def read_flagged(file: Path) -> Iterator[dict[str, Any]]:
    """The patients of flagged.jsonl, one after the other."""
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _lines(told: Iterable[Path]) -> Iterator[bytes]:
    for path in told:
        with gzip.open(path, "rb") as lines:
            for line in lines:
                yield line.rstrip(b"\n").decode("utf-8", "replace").encode() + b"\n"


def _counted(line: bytes, begin: int, foremost: Foremost) -> Flagged:
    row: Mapping[str, Any] = json.loads(line)
    report = row.get("report") or {}
    for disease in (row["diseases"] or [])[:1]:
        foremost.diseases[disease["id"], disease["name"]] += 1
    for gene in (report.get("genes") or [])[:1]:
        foremost.genes[gene["symbol"]] += 1
    return Flagged(row["rank"], row["patient"], row.get("chance"), begin, len(line))


def _moved(found: Iterable[Flagged], unordered: IO[bytes], out: IO[bytes]) -> Iterator[Flagged]:
    at = 0
    for each in found:
        unordered.seek(each.begin)
        out.write(unordered.read(each.length))
        yield Flagged(each.rank, each.patient, each.chance, at, each.length)
        at += each.length

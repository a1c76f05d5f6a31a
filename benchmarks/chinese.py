"""How well Chinese notes are read: `python -m benchmarks.chinese [NOTES.jsonl] [--part open|held|all] [--errors]`.

Without a file the project's own notes (tests/nlp/zh) are read. F1 by status: micro-averaged over the sets of ids per
document; ids are mapped to current ones, statuses `present` and `negated` are observed and excluded. Where notes tell
their disease, it is looked for among all diseases ranked by what was read of its note. Everything in percent but the
speed, which is that of a second reading.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.cases import PublishedCase, question
from benchmarks.end_to_end import present_findings
from benchmarks.evaluate import Bench, figures
from benchmarks.gold import finding
from benchmarks.recognition import Tally
from nlp.readers import CHINESE, NoteReaders, open_readers
from ontology.features import Assertion, Mention
from ontology.knowledge import Knowledge, root_folder

OWN = Path(__file__).parents[1] / "tests" / "nlp" / "zh" / "notes.jsonl"
_SPELLED = {"present": Assertion.OBSERVED.value, "negated": Assertion.EXCLUDED.value}
_COUNTED = (
    Assertion.OBSERVED,
    Assertion.EXCLUDED,
    Assertion.FAMILY,
    Assertion.UNCERTAIN,
    Assertion.HISTORICAL,
)
Note = Mapping[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(prog="benchmarks.chinese", description=__doc__)
    parser.add_argument("notes", type=Path, nargs="?", default=OWN)
    parser.add_argument("--part", choices=("open", "held", "all"), default="open", help="of the project's own notes")
    parser.add_argument("--errors", action="store_true", help="list what differs on stderr")
    parser.add_argument("--knowledge", type=Path, default=None)
    given = parser.parse_args(arguments)
    started = time.perf_counter()
    knowledge = Knowledge.open(root_folder(given.knowledge))
    readers = open_readers(knowledge)
    opened = time.perf_counter() - started
    notes = [
        note for note in _notes(given.notes) if given.part == "all" or note.get("held", False) == (given.part == "held")
    ]
    read = [readers.read(note["id"], note["text"], CHINESE).mentions for note in notes]
    started = time.perf_counter()  # timed warm, as a service that runs reads them
    for note in notes:
        readers.read(note["id"], note["text"], CHINESE)
    seconds = time.perf_counter() - started
    tallies = _tallies(knowledge, notes, read)
    if given.errors:
        _list_errors(knowledge, notes, read)
    print(
        json.dumps(
            {
                "notes": len(notes),
                **{
                    status: {
                        "precision": round(tally.precision, 1),
                        "recall": round(tally.recall, 1),
                        "f1": round(tally.f1, 1),
                        "gold": tally.gold,
                    }
                    for status, tally in tallies.items()
                    if tally.gold or tally.answers
                },
                "disease": _diseases(knowledge, readers, notes),
                "characters_per_second": round(sum(len(note["text"]) for note in notes) / seconds),
                "seconds_to_open": round(opened, 2),
                "release": knowledge.manifest.release,
            },
            ensure_ascii=False,
        )
    )
    return 0


def _notes(path: Path) -> Iterator[Note]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _gold(knowledge: Knowledge, note: Note) -> dict[str, set[str]]:
    """Current ids by status."""
    found: dict[str, set[str]] = defaultdict(set)
    for annotation in note["annotations"]:
        id = finding(annotation["hpo"], knowledge.terms)
        if id is not None:
            found[_SPELLED.get(annotation["status"], annotation["status"])].add(id)
    return found


def _told(mentions: Sequence[Mention]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        found[mention.assertion.value].add(mention.type)
    return found


def _tallies(knowledge: Knowledge, notes: Sequence[Note], read: Sequence[tuple[Mention, ...]]) -> dict[str, Tally]:
    tallies = {status.value: Tally() for status in _COUNTED}
    for note, mentions in zip(notes, read, strict=True):
        gold, told = _gold(knowledge, note), _told(mentions)
        for status, tally in tallies.items():
            both = len(gold[status] & told[status])
            tally.right_answers += both
            tally.right_gold += both
            tally.answers += len(told[status])
            tally.gold += len(gold[status])
    return tallies


def _diseases(knowledge: Knowledge, readers: NoteReaders, notes: Sequence[Note]) -> dict[str, float | None] | None:
    """Where the notes' diseases stand among all, ranked by what was read; None where no note tells one."""
    questions = []
    for note in notes:
        if not note.get("disease"):
            continue
        case = PublishedCase(note["id"], (), (), (), (note["disease"],))
        found = present_findings(readers, note["id"], note["text"], knowledge.terms)
        asked = question(case, found or {0: 0.0}, knowledge.diseases)
        if asked is not None:
            questions.append(asked)
    if not questions:
        return None
    bench = Bench(knowledge, "lm", "all", None)
    outcomes, _ = bench.run(questions)
    return {
        name: value
        for name, value in figures(outcomes).items()
        if name in ("n", "top1", "top10", "mrr", "family_top10")
    }


def _list_errors(knowledge: Knowledge, notes: Sequence[Note], read: Sequence[tuple[Mention, ...]]) -> None:
    label = knowledge.terms.label
    for note, mentions in zip(notes, read, strict=True):
        gold, told = _gold(knowledge, note), _told(mentions)
        for status in (one.value for one in _COUNTED):
            for sign, ids in (("-", gold[status] - told[status]), ("+", told[status] - gold[status])):
                for id in sorted(ids):
                    print(f"{note['id']} {sign} {status} {id} {label(knowledge.terms.position(id))}", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())

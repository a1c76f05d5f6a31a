"""Suggestions on wordings that the Chinese lexicon lacks: `python -m benchmarks.suggestions_zh NOTES.jsonl...`.

Of the wordings by which findings of the notes are read (excluded ones and numbers aside), 300 at a time, at random, are
taken out of the lexicon (with `--alike`, and those of the same term that share as much with them), and the notes are
read anew. `cases`: findings that were read by them. `read_anyway`: read as the same term by other words; `misread`:
something else is read there; `unread`: nothing is. `span_hit@5`: of all cases, the five terms nearest to the words
hold the right one. `hit@5`: of the unread, a suggestion made on the note alone overlaps the words and its five hold
the right term. `missed_hit@5`: the same of what the gold marks and the full lexicon leaves unread (`missed`, not
excluded). `useful`: of all suggestions with the full lexicon, those that hold a missed finding's term. Percent, but
counts, `suggestions_per_1000_characters`, `ms_per_note`, and `ms_per_phrase`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from nlp.chinese.compile import pairs_of
from nlp.chinese.lexicon import FOLDER
from nlp.chinese.nearest import NearestChinese
from nlp.chinese.phrases import Phrases
from nlp.chinese.reader import ChineseReader
from nlp.chinese.suggestions import ChineseSuggester
from nlp.english import EnglishReader
from nlp.suggestions import Suggestion
from ontology.arrays import StringPool, write_array
from ontology.features import Assertion, Mention, TextSpan
from ontology.knowledge import Knowledge, root_folder

_DROPPED = 300
Note = Mapping[str, Any]


@dataclass(slots=True)
class Counts:
    """What was counted over all rounds."""

    cases: int = 0
    anyway: int = 0
    misread: int = 0
    unread: int = 0
    span_five: int = 0
    five: int = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(prog="benchmarks.suggestions_zh", description=__doc__)
    parser.add_argument("notes", type=Path, nargs="+", help="notes with gold (tests/nlp/zh); held ones are left out")
    parser.add_argument("--alike", type=float, default=None, help="share of pairs of characters, 0 to 1: .34")
    parser.add_argument("--limit", type=int, default=None, help="rounds of 300 at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--knowledge", type=Path, default=None)
    given = parser.parse_args(arguments)
    knowledge = Knowledge.open(root_folder(given.knowledge))
    reader = ChineseReader.open(knowledge, EnglishReader.open(knowledge))
    notes = [note for path in given.notes for note in _notes(path)]
    read = [reader.read(note["id"], note["text"]).mentions for note in notes]
    met = sorted({_wording(mention) for mentions in read for mention in mentions} & set(reader.lexicon.findings))
    random.Random(given.seed).shuffle(met)
    rounds = [met[at : at + _DROPPED] for at in range(0, len(met), _DROPPED)][: given.limit]
    counts = Counts()
    for dropped in rounds:
        with tempfile.TemporaryDirectory() as folder:
            less = _lessened(knowledge, reader, dropped, given.alike, Path(folder))
            _count(counts, less, notes, read, set(dropped))
    print(json.dumps(_figures(counts) | _on_gold(ChineseSuggester(knowledge, reader), notes, read)))
    return 0


def _notes(path: Path) -> Iterator[Note]:
    with path.open(encoding="utf-8") as lines:
        yield from (note for note in map(json.loads, lines) if not note.get("held"))


def _wording(mention: Mention) -> str:
    """The wording of the lexicon that a finding was read by; "" for values, denials and lists that share words."""
    plain = mention.grounds is not None and not mention.grounds.steps
    return mention.grounds.wording if plain and mention.grounds and mention.assertion != Assertion.EXCLUDED else ""


def _lessened(
    knowledge: Knowledge, reader: ChineseReader, dropped: Sequence[str], alike: float | None, folder: Path
) -> ChineseSuggester:
    """A suggester, with its reader, whose lexicon lacks wordings, and those of their terms that are so like them."""
    lexicon = reader.lexicon
    without = set(dropped)
    if alike is not None:
        of_term = defaultdict(list)
        for wording, term in lexicon.findings.items():
            of_term[term].append(wording)
        for wording in dropped:
            without.update(w for w in of_term[lexicon.findings[wording]] if _likeness(w, wording) >= alike)
    kept = {wording: term for wording, term in lexicon.findings.items() if wording not in without}
    (folder / FOLDER).mkdir()
    for path in (knowledge.folder / FOLDER).iterdir():
        if not path.name.startswith(("phrases", "pairs_", "near_")):
            (folder / FOLDER / path.name).symlink_to(path.absolute())
    Phrases.of(kept, lexicon.others).write(folder / FOLDER)
    found = pairs_of(kept, lexicon.qualities)
    ordered = sorted(found)
    StringPool.of(ordered).write(folder / FOLDER, "pairs")
    write_array(folder / FOLDER, "pairs_terms", np.array([found[each] for each in ordered], np.int32))
    NearestChinese.write(folder / FOLDER, kept, lexicon.qualities)
    less = replace(knowledge, folder=folder)
    return ChineseSuggester(less, ChineseReader.open(less, reader.latin.english))


def _likeness(one: str, other: str) -> float:
    """Share of the pairs of characters of two wordings that are in both."""
    pairs = [{text[at : at + 2] for at in range(len(text) - 1)} for text in (one, other)]
    return len(pairs[0] & pairs[1]) / max(1, len(pairs[0] | pairs[1]))


def _count(
    counts: Counts,
    less: ChineseSuggester,
    notes: Sequence[Note],
    read: Sequence[Sequence[Mention]],
    dropped: set[str],
) -> None:
    for note, mentions in zip(notes, read, strict=True):
        cases = [mention for mention in mentions if _wording(mention) in dropped]
        if not cases:
            continue
        anew = less.reader.read(note["id"], note["text"]).mentions
        made = less.suggest(note["text"], anew).suggestions
        for case in cases:
            start, end = _place(case)
            there = [each.type for each in anew if _over(_place(each), (start, end))]
            counts.cases += 1
            counts.anyway += case.type in there
            counts.misread += bool(there) and case.type not in there
            counts.unread += not there
            counts.span_five += case.type in _ids(less.terms_near(note["text"][start:end]))
            counts.five += not there and _is_offered(made, (start, end), case.type)


def _on_gold(
    suggester: ChineseSuggester, notes: Sequence[Note], read: Sequence[Sequence[Mention]]
) -> dict[str, float | int]:
    """What suggestions with the full lexicon are worth on what is missed."""
    suggester.terms_near("眼")  # opens the index
    missed = hit = suggestions = useful = characters = 0
    seconds = 0.0
    phrases: list[str] = []
    for note, mentions in zip(notes, read, strict=True):
        started = time.perf_counter()
        made = suggester.suggest(note["text"], mentions).suggestions
        seconds += time.perf_counter() - started
        suggestions += len(made)
        characters += len(note["text"])
        helped: set[int] = set()
        for mark in note["annotations"]:
            place = (mark.get("start", 0), mark.get("end", 0))
            if mark.get("status") in ("excluded", "negated") or any(_over(_place(each), place) for each in mentions):
                continue
            id = suggester.reader.terms.resolve(mark["hpo"]).id
            phrases.append(note["text"][slice(*place)])
            missed += 1
            hit += _is_offered(made, place, id)
            helped.update(s.start for s in made if _is_offered((s,), place, id))
        useful += len(helped)
    started = time.perf_counter()
    for phrase in phrases:
        suggester.terms_near(phrase)
    return {
        "missed": missed,
        "missed_hit@5": _percent(hit, missed),
        "useful": _percent(useful, suggestions),
        "suggestions_per_1000_characters": round(1000 * suggestions / max(1, characters), 2),
        "ms_per_note": round(1000 * seconds / max(1, len(notes)), 1),
        "ms_per_phrase": round(1000 * (time.perf_counter() - started) / max(1, len(phrases)), 2),
    }


def _place(mention: Mention) -> tuple[int, int]:
    assert isinstance(mention.evidence, TextSpan)
    return mention.evidence.start, mention.evidence.end


def _over(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _is_offered(made: Sequence[Suggestion], place: tuple[int, int], id: str) -> bool:
    return any(_over((each.start, each.end), place) and id in _ids(each.terms) for each in made)


def _ids(terms: Sequence[Any]) -> list[str]:
    return [term.id for term in terms]


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def _figures(counts: Counts) -> dict[str, float | int]:
    return {
        "cases": counts.cases,
        "read_anyway": _percent(counts.anyway, counts.cases),
        "misread": _percent(counts.misread, counts.cases),
        "unread": counts.unread,
        "span_hit@5": _percent(counts.span_five, counts.cases),
        "hit@5": _percent(counts.five, counts.unread),
    }


if __name__ == "__main__":
    sys.exit(main())

"""How well negation is read where spans are given: `python -m benchmarks.assertion GOLD.jsonl[.gz]`.

Precision, recall and F1 (percent) of `excluded` over all mentions with offsets.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.gold import read_gold
from nlp.assertion import AssertionReader
from nlp.rules import LanguageFolder
from ontology.features import Assertion
from ontology.knowledge import Knowledge, root_folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(prog="benchmarks.assertion", description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--errors", action="store_true", help="list what differs on stderr")
    parser.add_argument("--knowledge", type=Path, default=None)
    given = parser.parse_args(arguments)
    reader = AssertionReader.of(LanguageFolder("en").assertion)
    right = answered = gold = n = 0
    for note in read_gold(given.gold, Knowledge.open(root_folder(given.knowledge)).terms):
        spans = [(m.start, m.end, m.negated) for m in note.mentions if m.start is not None and m.end is not None]
        assertions = reader.assert_spans(note.text, [(start, end) for start, end, _ in spans])
        for (start, end, negated), said in zip(spans, assertions, strict=True):
            excluded = said.assertion is Assertion.EXCLUDED
            n += 1
            right += excluded and negated
            answered += excluded
            gold += negated
            if given.errors and excluded != negated:
                print(f"{note.id}\t{negated=}\t{said.assertion}\t{note.text[start:end]}\t{note.text}", file=sys.stderr)
    precision = 100 * right / answered if answered else 0.0
    recall = 100 * right / gold if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    print(json.dumps({"n": n, "precision": round(precision, 1), "recall": round(recall, 1), "f1": round(f1, 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

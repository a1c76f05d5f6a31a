"""How much of what could name a person is covered: `python -m benchmarks.deidentification [--records N] [--seed N]`.

Records are made here, with identifiers planted where they are known, between findings that must stay. Whoever wrote
the rules also imagined the records: the figures say that the rules do what they were meant to, and nothing of notes
whose writers had other habits. A hospital should count on a sample of its own notes before it trusts them.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence

from benchmarks.planted import Record, add_findings
from benchmarks.planted_en import EN_FINDINGS, english_form, english_letter, english_story
from benchmarks.planted_zh import ZH_FINDINGS, chinese_anonymous, chinese_form, chinese_story
from service.deidentify.mask import COVER, mask


def clean(dice: random.Random) -> Record:
    """Findings and nothing else."""
    record = Record()
    if dice.random() < 0.5:
        record.say(dice.choice(("患者", "患儿", "母亲", "查体：", "其父", "患儿，男，3岁5月，")))
        add_findings(dice, record, ZH_FINDINGS, dice.choice(("，", "、", "；", "\n")))
        record.say("，余无特殊。")
    else:
        record.say(
            dice.choice(("The patient has ", "Mother: ", "Examination showed ", "She is a 5-year-old girl with "))
        )
        add_findings(dice, record, EN_FINDINGS, dice.choice((", ", "; ", "\n")))
        record.say(".")
    return record


LAYOUTS: tuple[Callable[[random.Random], Record], ...] = (
    chinese_form, chinese_story, chinese_anonymous, english_form, english_letter, english_story, clean,
)  # fmt: skip


def measure(records: Sequence[Record], misses: Callable[[str], None]) -> dict[str, object]:
    """Recall of identifiers wholly covered, and what was covered that should not be."""
    planted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    false = plain = findings_masked = 0
    for record in records:
        masked = mask(record.text)
        expected = [False] * len(record.text)
        for kind, start, end in record.planted:
            expected[start:end] = [True] * (end - start)
            planted[kind] += 1
            covered = all(masked.text[at] == COVER or not record.text[at].isalnum() for at in range(start, end))
            found[kind] += covered
            if not covered:
                misses(f"missed {kind}\t{record.text[start:end]}\t{masked.text[max(0, start - 15) : end + 15]!r}")
        plain += expected.count(False)
        for span in masked.spans:
            if not any(expected[span.start : span.end]):
                false += 1
                misses(f"false {span.kind}\t{record.text[span.start : span.end]}\t{record.text!r}")
        findings_masked += sum(COVER in masked.text[start:end] for start, end in record.findings)
    return {
        "records": len(records),
        "identifiers": planted.total(),
        "recall": round(found.total() / planted.total(), 4),
        "recall_by_kind": {kind: round(found[kind] / planted[kind], 4) for kind in sorted(planted)},
        "false_positives_per_1000_characters": round(1000 * false / plain, 3),
        "findings": sum(len(record.findings) for record in records),
        "findings_masked": findings_masked,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(prog="benchmarks.deidentification", description=__doc__)
    parser.add_argument("--records", type=int, default=2100, metavar="N")
    parser.add_argument("--seed", type=int, default=618)
    parser.add_argument("--errors", action="store_true", help="list what was missed or covered in vain, on stderr")
    given = parser.parse_args(arguments)
    dice = random.Random(given.seed)
    records = [LAYOUTS[at % len(LAYOUTS)](dice) for at in range(given.records)]
    tell = (lambda line: print(line, file=sys.stderr)) if given.errors else (lambda line: None)
    print(json.dumps(measure(records, tell)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Phenotype recognisers behind one seam, each in a process of its own: `benchmarks.recognition_rivals` starts them.

A line `[text, ...]` on stdin is answered by one line on stdout: the ids found in each text, the processor's seconds,
and the most memory that the process has held. The first line on stdout tells how long the recogniser took to open.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from nlp.english import EnglishReader
from nlp.readers import open_readers
from ontology.features import Assertion, Channel
from ontology.knowledge import Knowledge

OBO, OBOGRAPH, FASTHPOCR_INDEX = "hp.obo", "hp.json", "hp.index"
Find = Callable[[str], set[str]]
_FOUND = (Assertion.OBSERVED, Assertion.UNCERTAIN, Assertion.HISTORICAL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer lines of texts until stdin ends."""
    parser = argparse.ArgumentParser(prog="benchmarks.recognition_tools", description=__doc__)
    parser.add_argument("tool", choices=TOOLS)
    parser.add_argument("folder", type=Path, help="the rivals' files, as `benchmarks.recognition_rivals` prepares them")
    parser.add_argument("release", type=Path, help="our compiled release")
    given = parser.parse_args(arguments)
    answers = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):  # some of them print
        started = time.perf_counter()
        find = TOOLS[given.tool](given.folder, given.release)
        find("No seizures.")
        print(json.dumps({"opened_seconds": time.perf_counter() - started}), file=answers, flush=True)
        for line in sys.stdin:
            texts = json.loads(line)
            started = time.process_time()
            found = [find(text) for text in texts]
            seconds = time.process_time() - started
            answer = {"found": [sorted(ids) for ids in found], "seconds": seconds, "rss_mb": most_memory()}
            print(json.dumps(answer), file=answers, flush=True)
    return 0


def most_memory() -> float:
    """MB held at most by this process, not counting what its parent held before."""
    status = Path("/proc/self/status")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.is_file() else None
    return (int(peak[1]) if peak else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024


def _ours(nested: bool) -> Callable[[Path, Path], Find]:
    def open_ours(folder: Path, release: Path) -> Find:
        readers = open_readers(Knowledge.open(release.parent), nested=nested)

        def find(text: str) -> set[str]:
            mentions = readers.read("note", text, "en").mentions
            return {m.type for m in mentions if m.assertion in _FOUND and m.channel is Channel.WORDS}

        return find

    return open_ours


def _words(nested: bool) -> Callable[[Path, Path], Find]:
    """What our reader finds before it asks what the note says of it: the part that the rivals have."""

    def open_words(folder: Path, release: Path) -> Find:
        return EnglishReader.open(Knowledge.open(release.parent), nested=nested).named

    return open_words


def _fasthpocr(longest: bool) -> Callable[[Path, Path], Find]:
    def open_fasthpocr(folder: Path, release: Path) -> Find:
        from FastHPOCR.HPOAnnotator import HPOAnnotator

        annotator = HPOAnnotator(str(folder / FASTHPOCR_INDEX))

        def find(text: str) -> set[str]:
            return {found.getHPOUri() for found in annotator.annotate(text, longestMatch=longest)}

        return find

    return open_fasthpocr


def _fenominal(folder: Path, release: Path) -> Find:
    from fenominal import Fenominal

    miner = Fenominal(str(folder / OBOGRAPH))

    def find(text: str) -> set[str]:
        return {found["termId"] for found in json.loads(miner.map_text(text)) if not found["excluded"]}

    return find


def _spacy(folder: Path, release: Path) -> Find:
    """The PhraseMatcher of spaCy over every label and synonym, in lower case, the longest that do not overlap."""
    import spacy
    from spacy.matcher import PhraseMatcher
    from spacy.util import filter_spans

    language = spacy.blank("en")
    terms = Knowledge.open(release.parent).terms
    matcher = PhraseMatcher(language.vocab, attr="LOWER")
    for position in range(len(terms)):
        texts = [terms.label(position), *(synonym.text for synonym in terms.synonyms_of(position))]
        matcher.add(terms.id(position), list(language.tokenizer.pipe(texts)))

    def find(text: str) -> set[str]:
        return {span.label_ for span in filter_spans(matcher(language.make_doc(text), as_spans=True))}

    return find


TOOLS: dict[str, Callable[[Path, Path], Find]] = {
    "phenomap": _ours(nested=False),
    "phenomap nested": _ours(nested=True),
    "phenomap words": _words(nested=False),
    "phenomap words nested": _words(nested=True),
    "fasthpocr longest": _fasthpocr(longest=True),
    "fasthpocr nested": _fasthpocr(longest=False),
    "fenominal": _fenominal,
    "spacy phrases": _spacy,
}


if __name__ == "__main__":
    sys.exit(main())

"""The kind of test that a catalogue's words for a method mean: rules in assay_words.tsv, the first that is met."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from matching.genetic_tests.modalities import MODALITIES

_NO_TEST = "-"


@dataclass(frozen=True, slots=True)
class Assay:
    """What a method is: one of our modalities, or empty where it is no test of a patient's lesion; `said_of` what."""

    modality: str
    said_of: str


def assay_of(words: str) -> Assay | None:
    """What `words` mean; None where no rule is met. The words of `modalities.MODALITIES` mean themselves."""
    folded = unicodedata.normalize("NFKC", words).casefold().strip()
    own = re.sub(r"[\s\-]+", "_", folded)
    if own in MODALITIES:
        return Assay(own, "")
    for pattern, assay in _rules():
        if pattern.search(folded):
            return assay
    return None


@cache
def _rules() -> tuple[tuple[re.Pattern[str], Assay], ...]:
    lines = files(__package__).joinpath("assay_words.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return tuple(
        (re.compile(pattern), Assay("" if modality == _NO_TEST else modality, said_of))
        for pattern, modality, said_of in rows
    )

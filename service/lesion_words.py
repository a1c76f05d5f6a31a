"""Words of the lesion table (`matching/genetic_tests/lesions.tsv`, and what is derived beside it) in other languages.

The table is written in English, as are `sequenced.tsv` and `treatable.tsv` beside it; `lesion_words_zh.tsv` beside this
file has a row `english, chinese` for each of their assays, next steps, treatments, turnarounds, lesions that exomes
miss, and loci with words in them. Gene symbols, variants and citations stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@cache
def lesion_words(language: str) -> Mapping[str, str]:
    """Each English wording, in folded case, with that in `language`; none for English. Read once."""
    if language != "zh":
        return MappingProxyType({})
    text = files(__package__).joinpath("lesion_words_zh.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return MappingProxyType({english.casefold(): chinese for english, chinese in rows})

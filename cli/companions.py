"""What the rooms above the ground compile into a release, in one list."""

from __future__ import annotations

from ontology.compile.build import Companion


def companions() -> tuple[Companion, ...]:
    """Every companion of a release."""
    from matching.lm import compile as ranking
    from nlp import compile as english
    from nlp.chinese import compile as chinese

    return (
        Companion("nlp_en", english.VERSION, english.write_lexicon),
        Companion("nlp_zh", chinese.version(), chinese.write_lexicon),
        Companion("ranking", ranking.VERSION, ranking.write_profiles),
    )

"""What is compared between two collections of notes and photos, and the bins each is counted in.

Bins are closed lists of short codes, so that nothing of a note can get into a count. The edges were chosen so that
every bin of a note's figures holds some of the reference corpora, and a step is about a doubling.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from facial.reading import Fault, Quality
from ontology.features import Assertion

_SYSTEM = re.compile(r"HP:[0-9]{7}")


class Figure(StrEnum):
    """One property of a collection, counted in bins."""

    NOTE_LENGTH = "note_length"  # characters of a note
    LANGUAGE = "language"  # that a note was read in
    FINDINGS = "findings"  # distinct present findings per 1,000 characters of a note
    SYSTEMS = "systems"  # organ systems with a present finding, each once a note
    ASSERTIONS = "assertions"  # of all mentions
    UNMATCHED = "unmatched"  # phenotypic phrases of a note that match no term; on a sample of notes
    PHOTO_QUALITY = "photo_quality"  # what speaks most against a photo


class Flaw(StrEnum):
    """What may be wrong with a photo, faults of one cause together."""

    FACES = "faces"  # none, or several
    DETAIL = "detail"  # too small, blurred
    LIGHT = "light"  # too dark, too bright, flat
    POSE = "pose"  # turned, tilted, rolled, not at rest
    FRAME = "frame"  # cut off, covered, animated


GOOD = "good"
OTHER = "other"
_LENGTHS = (100, 250, 500, 1000, 2000, 4000, 8000, 16000)
_RATES = (2, 5, 10, 20)
_PHRASES = (1, 2, 4, 8, 16)
_LENGTH_BINS = ("0-99", "100-249", "250-499", "500-999", "1000-1999", "2000-3999", "4000-7999", "8000-15999", "16000+")
_RATE_BINS = ("0", "0-2", "2-5", "5-10", "10-20", "20+")
_PHRASE_BINS = ("0", "1", "2-3", "4-7", "8-15", "16+")
_LANGUAGES = ("en", "zh", OTHER)
_FLAW_OF: Mapping[Fault, Flaw] = MappingProxyType(
    {
        Fault.NO_FACE: Flaw.FACES,
        Fault.SEVERAL_FACES: Flaw.FACES,
        Fault.TOO_SMALL: Flaw.DETAIL,
        Fault.BLURRED: Flaw.DETAIL,
        Fault.TOO_DARK: Flaw.LIGHT,
        Fault.TOO_BRIGHT: Flaw.LIGHT,
        Fault.FLAT: Flaw.LIGHT,
        Fault.UPSIDE_DOWN: Flaw.POSE,
        Fault.TURNED: Flaw.POSE,
        Fault.TILTED: Flaw.POSE,
        Fault.ROLLED: Flaw.POSE,
        Fault.NOT_AT_REST: Flaw.POSE,
        Fault.CUT_OFF: Flaw.FRAME,
        Fault.COVERED: Flaw.FRAME,
        Fault.ANIMATED: Flaw.FRAME,
    }
)
#: The bins of every figure in the order they are shown; those of SYSTEMS are ids of terms, shown by share.
BINS: Mapping[Figure, tuple[str, ...]] = MappingProxyType(
    {
        Figure.NOTE_LENGTH: _LENGTH_BINS,
        Figure.LANGUAGE: _LANGUAGES,
        Figure.FINDINGS: _RATE_BINS,
        Figure.SYSTEMS: (),
        Figure.ASSERTIONS: tuple(Assertion),
        Figure.UNMATCHED: _PHRASE_BINS,
        Figure.PHOTO_QUALITY: (GOOD, *(f"{how}_{flaw}" for how in ("warned", "refused") for flaw in Flaw)),
    }
)


def is_bin(figure: Figure, bin: str) -> bool:
    """Whether `bin` is one of `figure`'s."""
    return bool(_SYSTEM.fullmatch(bin)) if figure is Figure.SYSTEMS else bin in BINS[figure]


def length_bin(characters: int) -> str:
    """The bin of a note of so many characters."""
    return _LENGTH_BINS[bisect_right(_LENGTHS, characters)]


def language_bin(language: str) -> str:
    """The bin of a language's code: `other` for every one that no reader is made for."""
    return language if language in _LANGUAGES else OTHER


def rate_bin(findings: int, characters: int) -> str:
    """The bin of so many findings in so many characters, by findings per 1,000."""
    return _RATE_BINS[1 + bisect_right(_RATES, 1000 * findings / max(1, characters))] if findings else _RATE_BINS[0]


def phrase_bin(phrases: int) -> str:
    """The bin of a note with so many phrases that match no term."""
    return _PHRASE_BINS[bisect_right(_PHRASES, phrases)]


def quality_bin(quality: Quality) -> str:
    """`good`, or the flaw for which a photo is refused; where it is not, the first that it is warned of."""
    worst = min(quality.findings, key=lambda finding: not finding.refused, default=None)
    if worst is None:
        return GOOD
    return f"{'refused' if worst.refused else 'warned'}_{_FLAW_OF[worst.fault]}"

"""What a measure of a face is compared with, in words: its name, the norm or why there is none, and what weakens it."""

from __future__ import annotations

from collections.abc import Mapping

from facial.norms.ancestry import ANCESTRIES
from facial.reading import Norm, WithoutNorm


def measure_named(code: str, words: Mapping[str, str]) -> str:
    """The name of a measure; `words` are those of a language."""
    return words[f"face.measure.{code}"]


def ancestries_named(words: Mapping[str, str]) -> dict[str, str]:
    """Every ancestry that can be told, by its code, in the order of the list."""
    return {code: words[f"face.ancestry.{code}"] for code in ANCESTRIES}


def without_told(why: WithoutNorm, words: Mapping[str, str]) -> str:
    """Why a measure is compared with no norm."""
    return words[f"face.without.{why.value}"]


def cautions_told(norm: Norm, words: Mapping[str, str]) -> list[str]:
    """What weakens a norm."""
    return [words[f"face.caution.{caution.value}"] for caution in norm.cautions]


def method_named(norm: Norm, words: Mapping[str, str]) -> str:
    """How the people of a norm were measured."""
    return words[f"face.method.{norm.method}"]


def seen_told(norm: Norm, words: Mapping[str, str]) -> str:
    """How the values of a norm were seen."""
    return words[f"face.seen.{norm.confidence}"]

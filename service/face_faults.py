"""What is wrong with a photo and what to do about it, in words that a parent with a phone can act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from facial.reading import Quality, QualityFinding


@dataclass(frozen=True, slots=True)
class ToldFault:
    """One fault of a photo: `what` is wrong, the `mend`, and whether the photo was `refused` for it."""

    what: str
    mend: str
    refused: bool


def verdict_told(quality: Quality, words: Mapping[str, str]) -> str:
    """The verdict in a sentence; `words` are those of a language."""
    if quality.accepted:
        return words["face.quality.warned" if quality.findings else "face.quality.good"]
    return words["face.quality.refused"]


def fault_told(finding: QualityFinding, words: Mapping[str, str]) -> ToldFault:
    """A fault in words, its numbers rounded: shares in per cent."""
    scale = 100 if finding.unit == "share" else 1
    numbers = {"value": f"{finding.value * scale:.0f}", "limit": f"{finding.limit * scale:.0f}"}
    key = f"face.fault.{finding.fault.value}"
    return ToldFault(words[key].format(**numbers), words[key + ".mend"], finding.refused)

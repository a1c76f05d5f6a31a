"""Mentions, and clinicians' words, to JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ontology.features import Assertion, Channel, Evidence, ImageRegion, Mention, Statement, TextSpan


def to_json(mention: Mention) -> dict[str, Any]:
    """A mention with its evidence; what is not given is left out."""
    fields = asdict(mention) | {"assertion": mention.assertion.value, "channel": mention.channel.value}
    return {name: value for name, value in fields.items() if value is not None}


def from_json(content: Mapping[str, Any]) -> Mention:
    """The mention that `to_json` was given."""
    return Mention(
        content["type"],
        Assertion(content["assertion"]),
        _evidence(content["evidence"]),
        content.get("onset"),
        content.get("severity"),
        content.get("reading"),
        TextSpan(**content["cue"]) if "cue" in content else None,
        channel=Channel(content.get("channel", Channel.WORDS)),
        modifiers=tuple(content.get("modifiers", ())),
    )


@dataclass(frozen=True, slots=True)
class Said:
    """A clinician's word about a term: what it asserts, or that what was read of it is struck out, or both.

    Both where a reading is another person's: the reading is struck out, and the term asserted of a relative.
    """

    term: str
    mention: Mention | None
    struck: bool = False


def said_to_json(said: Said) -> dict[str, Any]:
    """A word; one that strikes nothing out is its mention."""
    content = to_json(said.mention) if said.mention else {"type": said.term}
    return {**content, "struck": True} if said.struck else content


def said_from_json(content: Mapping[str, Any]) -> Said:
    """The word that `said_to_json` was given."""
    mention = from_json(content) if "assertion" in content else None
    return Said(content["type"], mention, content.get("struck", False))


def _evidence(content: Mapping[str, Any]) -> Evidence:
    if "by" in content:
        span, region = content.get("span"), content.get("region")
        return Statement(content["by"], TextSpan(**span) if span else None, _region(region) if region else None)
    return _region(content) if "photo" in content else TextSpan(**content)


def _region(content: Mapping[str, Any]) -> ImageRegion:
    left, top, right, bottom = content["box"]
    return ImageRegion(content["photo"], (left, top, right, bottom))

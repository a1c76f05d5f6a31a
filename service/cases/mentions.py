"""Mentions to JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
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
    )


def _evidence(content: Mapping[str, Any]) -> Evidence:
    if "by" in content:
        return Statement(content["by"])
    if "photo" in content:
        left, top, right, bottom = content["box"]
        return ImageRegion(content["photo"], (left, top, right, bottom))
    return TextSpan(**content)

"""From what is printed to what page and PDF lay out: legible text, the words around it, and what could not be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from service.printing.content import OrderSheet, Report
from service.printing.glyphs import Legible
from service.printing.press import Press
from service.printing.voice import Voice

#: Different characters that are named at the foot; a text in another script has hundreds.
_MOST_NAMED = 12
_SCRIPTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"en": MappingProxyType({"lang": "en"}), "zh": MappingProxyType({"lang": "zh", "region": "cn"})}
)
_EVERY_CHARACTER = range(0x110000)


def pdf_of(press: Press, voice: Voice, name: str, sheet: Report | OrderSheet) -> bytes:
    """The PDF of a sheet laid out by `sheets/NAME.typ`; raises PressFailed."""
    return press.pdf(name, laid_out(voice, sheet, press.legible()))


def page_of(voice: Voice, sheet: Report | OrderSheet) -> dict[str, Any]:
    """What the template of the page is given: a browser looks for glyphs itself, but turns text on command, too."""
    return laid_out(voice, sheet, Legible(_EVERY_CHARACTER))


def laid_out(voice: Voice, sheet: Report | OrderSheet, legible: Legible) -> dict[str, Any]:
    """The sheet as mappings and lists, its texts made legible, with the words that stand around them."""
    words = voice.wording.words
    return {
        "sheet": legible.of(asdict(sheet)),
        "words": legible.of({key: text for key, text in words.items() if key.startswith("print.")}),
        "boxed": _boxed(voice, legible.boxed),
        "list": words["list"],
        "comma": voice.say("comma"),
        "script": dict(_SCRIPTS[voice.language]),
    }


def _boxed(voice: Voice, boxed: Counter[str]) -> str:
    if not boxed:
        return ""
    named = [f"U+{ord(each):04X}" for each, _ in boxed.most_common(_MOST_NAMED)]
    more = len(boxed) - len(named)
    codes = voice.list((*named, voice.say("boxed_more", count=more) if more else ""))
    return voice.say("boxed", count=boxed.total(), codes=codes)

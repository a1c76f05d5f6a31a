"""Sentences made of a resource's own words, such as the reader of notes understands them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from ontology.features import Assertion

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ENGLISH_FORMS: Mapping[Assertion, str] = MappingProxyType(
    {Assertion.EXCLUDED: "No {}.", Assertion.UNCERTAIN: "Possible {}.", Assertion.HISTORICAL: "History of {}."}
)
_CHINESE_FORMS: Mapping[Assertion, str] = MappingProxyType(
    {Assertion.EXCLUDED: "无{}。", Assertion.UNCERTAIN: "可疑{}。", Assertion.HISTORICAL: "既往{}。"}
)
_LONGEST = 2000


def is_chinese(words: str) -> bool:
    """Whether there is a Chinese character in it."""
    return bool(_CHINESE.search(words))


def sentence_of(words: str, said: Assertion) -> str:
    """A sentence that says of what `words` name whether it is there, in the language of the words."""
    plain = " ".join(words.split())[:_LONGEST].rstrip(".。;；,， ")
    forms, otherwise = (_CHINESE_FORMS, "{}。") if is_chinese(plain) else (_ENGLISH_FORMS, "{}.")
    return forms.get(said, otherwise).replace("{}", plain)


def of_relative(relative: str, words: str) -> str:
    """A sentence that says that a relative has what `words` name."""
    plain = " ".join(words.split())[:_LONGEST].rstrip(".。;；,， ")
    return f"家族史：{relative}{plain}。" if is_chinese(plain) else f"Family history: the {relative} has {plain}."

"""Refusals and notices of documents as sentences, in the words of one language."""

from __future__ import annotations

from collections.abc import Mapping

from service.documents.document import Notice, Refusal


def refused(why: Refusal, named: str, words: Mapping[str, str]) -> tuple[str, str]:
    """What is wrong with a document, and what to do about it; `named` is what its kind is called."""
    key = f"document.refused.{why.value}"
    return words[key].format(named=named), words[f"{key}.mend"]


def told(notice: Notice, words: Mapping[str, str]) -> str:
    """A notice as a sentence."""
    return words[f"document.notice.{notice.kind.value}"].format(count=notice.count, named=notice.named)

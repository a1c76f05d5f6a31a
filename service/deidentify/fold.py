"""Full-width digits, letters and signs as their everyday forms, character for character, so that offsets hold."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """`text` in compatibility forms (NFKC) where that is one character for one; the same length, always."""
    return text if text.isascii() else "".join(map(_folded, text))


def _folded(sign: str) -> str:
    if sign < "\u0080" or "\u4e00" <= sign <= "\u9fff":
        return sign
    form = unicodedata.normalize("NFKC", sign)
    return form if len(form) == 1 else sign

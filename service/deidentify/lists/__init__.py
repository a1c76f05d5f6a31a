"""Word lists of de-identification, each a text file: words apart by spaces, `#` for a remark, `[name]` for a part."""

from __future__ import annotations

from pathlib import Path


def read_list(name: str) -> frozenset[str]:
    """The words of a file beside this one."""
    return frozenset(word for part in read_sections(name).values() for word in part)


def read_sections(name: str) -> dict[str, tuple[str, ...]]:
    """The words of a file, by the parts it is written in; those before the first part under an empty name."""
    parts: dict[str, list[str]] = {}
    part = parts.setdefault("", [])
    for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            part = parts.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            part.extend(line.split())
    return {name: tuple(words) for name, words in parts.items()}

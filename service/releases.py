"""The release in use as those who rely on it must know it: of when it is, and whether another has been put in place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path

from ontology.errors import KnowledgeError
from ontology.knowledge import Knowledge, current_release
from ontology.manifest import Manifest

#: The source whose statements about diseases the ranking rests on.
_STATEMENTS = "phenotype.hpoa"
#: Older releases kept open at once, to compare with.
_OPEN = 4


def released_on(manifest: Manifest) -> date | None:
    """The day of the statements about diseases that went in; None where their version is no date."""
    for source in manifest.sources:
        if source.name == _STATEMENTS:
            try:
                return date.fromisoformat(source.version)
            except ValueError:
                return None
    return None


def months_between(released: date, today: date) -> int:
    """Whole months, as a birthday counts years; 0 for a day to come."""
    months = 12 * (today.year - released.year) + today.month - released.month
    return max(0, months - (today.day < released.day))


def put_in_place_instead(knowledge: Knowledge) -> str | None:
    """The release that lies in use on disk, where it is another than `knowledge`; None where none can be named."""
    try:
        folder = current_release(knowledge.folder.parent)
        release = Manifest.read(folder).release
    except (KnowledgeError, OSError):
        return None
    return None if release == knowledge.manifest.release else release


def releases_beside(root: Path) -> Callable[[str], Knowledge | None]:
    """Opens the releases that lie under `root`, by name; gives None for one that is no longer kept."""

    @lru_cache(maxsize=_OPEN)
    def named(release: str) -> Knowledge | None:
        if Path(release).name != release:
            return None
        try:
            return Knowledge.open_release(root / release)
        except KnowledgeError:
            return None

    return named

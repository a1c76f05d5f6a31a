"""Build time: write the ranker's companion of a compiled knowledge."""

from __future__ import annotations

from pathlib import Path

from matching.lm.shortlist import Shortlist
from matching.lm.workshop import Workshop
from ontology.knowledge import Knowledge

#: Changed with every constant or meaning of the arrays, so that an older release folder is compiled anew.
VERSION = 7


def write_profiles(knowledge: Knowledge, folder: Path) -> None:
    """Weigh every disease's annotations and write the arrays that `Ranker.open` maps into `folder`."""
    model = Workshop.build(knowledge).model
    model.write(folder)
    Shortlist.of(model, knowledge.terms).write(folder)

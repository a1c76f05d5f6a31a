"""Faces: are terms found, syndromes told apart, do explanations point right, and what does a photo cost.

    python -m benchmarks.faces FACES.tar.gz [--quick] [--only PART]... [--work DIR] [--models DIR]

FACES.tar.gz holds photos of ordinary people, FOLDER/IDENTITY_NUMBER.EXTENSION. They are changed by thin-plate warps;
identities are split by fold and every head is refitted without the people it is judged on. What was made of the
archive is kept in DIR (downloads/faces), so that a second run takes minutes less; the first installs MediaPipe into an
environment there. Figures on warped ordinary faces are bounds from above, and say nothing of patients. The last line
of standard output is one JSON object; progress goes to standard error.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path

from benchmarks.face_warps.sitters import WORK
from benchmarks.face_warps.train import Course, course


@dataclass(frozen=True)
class Run:
    """What every part is given; `course` (faces, their features, folds) is made once, when a part asks for it."""

    archive: Path
    work: Path
    models: Path | None
    quick: bool

    @cached_property
    def course(self) -> Course:
        """The changed faces and all that is fitted on them."""
        return course(self.archive, self.work, self.models, self.quick)


#: Each part by its name: takes the run, gives figures.
PARTS: Mapping[str, Callable[[Run], Mapping[str, object]]] = {
    "terms": lambda run: _of("faces_terms", "term_figures")(run.course, run.work),
    "syndromes": lambda run: _of("faces_syndromes", "retrieval")(run.course, run.models, 1 if run.quick else 4),
    "costs": lambda run: _of("faces_costs", "cost_figures")(run.archive, run.models, 10 if run.quick else 40),
    "explanations": lambda run: _of("faces_pointing", "pointing")(run.course, run.models, 3 if run.quick else 10),
}


def _of(module: str, function: str) -> Callable[..., Mapping[str, object]]:
    """A function of a sibling module, imported when its part is run."""
    found: Callable[..., Mapping[str, object]] = getattr(import_module(f"benchmarks.{module}"), function)
    return found


def main() -> None:
    """Run the parts and print their figures together."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("faces", type=Path)
    parser.add_argument("--quick", action="store_true", help="20 people, fewer changes of each; figures are rougher")
    parser.add_argument("--only", action="append", choices=PARTS, help="this part alone; may be given again")
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--models", type=Path)
    options = parser.parse_args()
    run = Run(options.faces, options.work, options.models, options.quick)
    figures: dict[str, object] = {}
    for name in options.only or PARTS:
        began = time.monotonic()
        figures.update(PARTS[name](run))
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()

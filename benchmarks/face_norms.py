"""What published norms are worth to this pipeline: where its landmarks differ from theirs, and whom they would flag.

    python -m benchmarks.face_norms FACES.tar.gz [--work DIR]

`beyond`: measures and methods that are compared with though they lie further off than LARGEST_GAP: none. `gaps`: mean
measure of the adults of FACES less the norm's mean, in SDs of the norm, by measure and method; the faces
are taken as Europeans with 63.3 mm between the pupils (soldiers of the ANSUR II survey). `ruler_sd`: how much the iris
ruler widens z of the distance between the pupils. `flagged`: share of ordinary adults that would be called, by term and
ancestry, drawn from each population's own published mean and SD and measured with the ruler's error: by the rules of
this pipeline, and by the European norm alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from math import hypot
from pathlib import Path

import numpy as np

from benchmarks.face_warps.measured import measured
from benchmarks.face_warps.sitters import WORK, sitters
from facial.alignment import Places
from facial.norms.choose import Norms
from facial.norms.compare import called, compared
from facial.norms.fits import LARGEST_GAP, METHODS, PUBLISHED
from facial.norms.table import Row
from facial.reading import FacePatient, Norm
from ontology.features import PatientSex

IPD_MM = 63.3
_DRAWS, _SEED = 20_000, 618
#: A photo at 1 m: the iris's 3.9 % among people, the circle's .3 pixel of 12, convergence (facial.norms.ruler).
RULER = hypot(0.039, 0.018)


def main() -> None:
    """Print the figures as one JSON object."""
    command = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    command.add_argument("faces", type=Path)
    command.add_argument("--work", type=Path, default=WORK)
    chosen = command.parse_args()
    norms = Norms.open()
    off = gaps(chosen.faces, chosen.work, norms)
    beyond = [
        f"{measure} by {method}"
        for measure, by in off.items()
        for method, gap in by.items()
        if method in METHODS.get(measure, ()) and abs(gap) > LARGEST_GAP
    ]
    print(json.dumps({"ruler": round(RULER, 3), "beyond": beyond, "gaps": off, "flagged": flagged(norms)}))


def gaps(faces: Path, work: Path, norms: Norms) -> dict[str, dict[str, float]]:
    """Differences of means by measure and method, in SDs of the norm, of European men or of both sexes."""
    people = sitters(faces, work)
    of_each: dict[str, list[dict[str, float]]] = defaultdict(list)
    for photo in people.facing(0.1):
        of_each[people.identities[photo]].append(measured(people.landmarks[photo]))
    means = {
        code: float(np.mean([np.mean([each[code] for each in photos]) for photos in of_each.values()]))
        for code in next(iter(of_each.values()))[0]
    }
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for name, value in _values(means):
        for row in norms.rows:
            if row.measure == name and row.sd and row.ancestry == "european" and _of_men(row):
                found[name].setdefault(row.method, round((value - row.mean) / row.sd, 2))
    print(f"{len(of_each)} people", file=sys.stderr)
    return dict(found)


def _values(means: dict[str, float]) -> list[tuple[str, float]]:
    lengths = [(each.measure, means[each.of] * IPD_MM) for each in PUBLISHED if each.of is not None]
    return [*lengths, ("slant", means["slant"])]


def _of_men(row: Row) -> bool:
    """Whether a row is of grown men, or of both sexes at their oldest."""
    return row.sex is not PatientSex.FEMALE and row.age_to > 16


def flagged(norms: Norms) -> dict[str, dict[str, dict[str, float]]]:
    """Shares of ordinary women and men flagged, by measure and population: by our rules, and by the European norm."""
    generator = np.random.default_rng(_SEED)
    found: dict[str, dict[str, dict[str, float]]] = {}
    for measure in ("ipd", "icd", "ocd", "pfl", "lower_lip"):
        rows = [row for row in norms.rows if row.measure == measure and row.sd and row.age_from <= 25 < row.age_to]
        found[measure] = {}
        for row in rows:
            sex = row.sex or PatientSex.FEMALE
            values = generator.normal(row.mean, row.sd or 0, _DRAWS) * generator.normal(1, RULER, _DRAWS)
            ours = norms.choose(measure, FacePatient(25 * 366, sex, row.ancestry))
            european = norms.choose(measure, FacePatient(25 * 366, sex, "european"))
            shares = {"ours": _share(values, ours), "european": _share(values, european)}
            found[measure][f"{row.population}, {row.sex.value if row.sex else 'both'}"] = shares
    return found


def _share(values: Places, norm: Norm | object) -> float:
    """Share of the values that are called against the norm; 0 where there is none."""
    if not isinstance(norm, Norm):
        return 0.0
    return round(float(np.mean([called(compared(float(value), RULER * float(value), norm)) for value in values])), 3)


if __name__ == "__main__":
    main()

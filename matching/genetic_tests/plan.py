"""The order of tests for a posterior over diseases.

0. Fast biochemical tests of treatable disorders go before all others (see treatable).
1. The belief is moved by the family, and by tests that were done (see family and done).
2. It is summed per test that looks for a lesion of its own (see lesions) and per gene.
3. A lesion test goes first where its belief per cost exceeds that of sequencing the likeliest genes, or where it would
   resolve LESION_FIRST of the belief per cost: it is cheap beside sequencing, and what it looks for sequencing cannot
   show.
4. Then the panel: the fewest genes that hold most of the belief sequencing can show; with a catalogue, the panel of it
   that finds most per cost.
5. Where even the largest panel holds too little, because the posterior is flat or its diseases have no known gene: trio
   exome or genome, and microarray.
6. Panel and exome are ordered in one with the assay of a gene that they read badly (see beside).
7. What room is left goes to what a negative result leaves most likely.

This is a greedy weighted cover: each step takes the test with the most belief left, times the share of patients it
finds, per cost (the greedy rule for weighted set cover, Chvatal 1979, doi:10.1287/moor.4.3.233, unverified).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matching.genetic_tests.bench import PANEL_GENES, PANEL_SHARE, SEQUENCING_FLOOR, Bench
from matching.genetic_tests.done import after_done
from matching.genetic_tests.family import in_family
from matching.genetic_tests.known import NOTHING_KNOWN, Known
from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.offers import Offers
from matching.genetic_tests.proposal import Reason, TestPlan, TestSuggestion, assays
from matching.genetic_tests.treatable import biochemical_tests
from ontology.arrays import Floats
from ontology.errors import InputError
from ontology.features import PatientSex
from ontology.knowledge import Knowledge

__all__ = ["LESION_FIRST", "PANEL_GENES", "PANEL_SHARE", "plan_tests"]

#: A lesion test goes before sequencing where it would resolve this much of the belief that sequencing would not, per
#: modelled cost: .0175 of it for a repeat, .035 for a microarray, which goes with a flat exome anyway. Measured on
#: typical patients (benchmarks/typical.py): of 390 diseases whose lesion short reads miss, 0, 0, 0, 1 and 3 do not get
#: it first at .0125, .015, .0175, .020 and .025; of 500 found by sequencing, .122, .098, .086, .084 and .080 then get
#: another assay first, or beside sequencing.
LESION_FIRST = 0.0175

_MICROARRAY = "microarray:genome"


def plan_tests(
    knowledge: Knowledge,
    belief: Floats,
    lesions: LesionTable,
    limit: int = 3,
    panel_genes: int = PANEL_GENES,
    known: Known = NOTHING_KNOWN,
    sex: PatientSex = PatientSex.UNKNOWN,
    offers: Offers | None = None,
    age_days: int | None = None,
) -> TestPlan:
    """Suggest at most `limit` tests, in the order to send them, from the catalogue of `offers` where it does them.

    `belief` is the calibrated posterior: (diseases,), summing to 1. Raises InputError where it is not. A test already
    done that is known by the code of the catalogue alone looked at what the catalogue says.
    """
    posterior, family = in_family(_checked(belief, len(knowledge.diseases)), lesions.modes, known.family, sex)
    told = known if offers is None else offers.told(known)
    done = after_done(knowledge, lesions, posterior, told)
    bench = Bench.at(knowledge, lesions, offers, done, panel_genes, known.acutely_ill)
    raised = biochemical_tests(knowledge, done.belief, told, age_days, lesions.treatable) if limit > 0 else ()
    bench.taken |= lesions.having({test.code for test in raised})  # not twice; what confirms them is still to be found
    tests: list[TestSuggestion] = []
    if limit > 0:
        _lesions_before_sequencing(bench, tests, limit)
        _sequencing(bench, tests, limit)
        _what_is_left(bench, tests, limit)
    return TestPlan(
        bench.within(tests),
        bench.virtual_panel(),
        float(done.belief[~lesions.genes.linked].sum()),
        raised,
        done=done.effects,
        family=family,
        catalogue="" if offers is None else offers.name,
        currency="" if offers is None else offers.currency,
    )


def _lesions_before_sequencing(bench: Bench, tests: list[TestSuggestion], limit: int) -> None:
    """Take lesion tests that are worth it, or find more per cost than sequencing, leaving one place for sequencing."""
    while len(tests) < max(limit - 1, 1):
        test, _ = bench.best_lesion_test(bench.sequencing().ratio, LESION_FIRST)
        if test < 0:
            return
        tests.append(bench.take_lesion_test(test))


def _sequencing(bench: Bench, tests: list[TestSuggestion], limit: int) -> None:
    if len(tests) >= limit or bench.left.sum() < SEQUENCING_FLOOR:
        return
    chosen = bench.sequencing()
    reads = not chosen.flat or bench.unread_exome or bench.reanalyse
    # behind a lesion test there is one place left, and every other gene comes before one more locus
    beside = bench.take_beside() if reads and not tests and limit > 1 else None
    if not chosen.flat:
        tests.append(replace(bench.take_panel(chosen), beside=beside))
        return
    if reads:
        tests.append(replace(bench.take_exome(chosen), beside=beside))
    microarray = next((i for i, test in enumerate(bench.lesions.tests) if test.code == _MICROARRAY), -1)
    if len(list(assays(tests))) < limit and microarray >= 0 and microarray not in bench.taken:
        tests.append(bench.take_lesion_test(microarray, Reason.BESIDE_EXOME))


def _what_is_left(bench: Bench, tests: list[TestSuggestion], limit: int) -> None:
    """Fill the places that are left: lesion tests, another panel and the exome, by belief found per cost."""
    while len(list(assays(tests))) < limit:
        test, ratio = bench.best_lesion_test()
        wanted = (bench.unread_exome or bench.reanalyse) and bench.left.sum() >= SEQUENCING_FLOOR
        exome = bench.exome_ratio() if wanted else 0.0
        chosen = bench.sequencing()
        panel = 0.0 if chosen.flat else chosen.ratio
        if max(ratio, exome, panel) <= 0:
            return
        if ratio >= max(exome, panel):
            tests.append(bench.take_lesion_test(test))
        else:
            tests.append(bench.take_panel(chosen) if panel > exome else bench.take_exome(chosen))


def _checked(belief: Floats, diseases: int) -> NDArray[np.float64]:
    posterior = np.asarray(belief, np.float64)
    if posterior.shape != (diseases,):
        raise InputError(
            "belief", f"The posterior has shape {posterior.shape}, not ({diseases},).", "Score every disease."
        )
    if not np.isfinite(posterior).all() or (posterior < 0).any() or abs(posterior.sum() - 1) > 1e-3:
        raise InputError("belief", "The posterior is not a distribution.", "Give shares from 0 to 1 that sum to 1.")
    return posterior

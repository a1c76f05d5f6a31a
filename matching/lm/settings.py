"""The constants of the ranker, each with its meaning; fitted on open cases alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Constants of the disease profiles and of the score.

    Origin: chosen on the open cases (5,397 published cases and 55 case notes, HPO 2026-06-06, OMIM diseases,
    leave-publication-out) by `python -m benchmarks.ranking` and `python -m benchmarks.end_to_end`: by hand one after
    another, and then unknown_frequency, prior_frequency, lent_share, uniform_share and damping together, by the mean of
    the answerable MRR on published terms, on terms replaced by parents, with random ones added, and on three findings
    (six draws), at a place where each may move without much change. `--set CONSTANT=VALUE` changes one; the table of
    what that does is in docs/ranking.md.

    unknown_frequency   frequency of a feature whose row gives none
    prior_examined      weight, in patients, of the prior in the mean of n of m
    prior_frequency     the prior itself: a feature seen 1/1 counts (1 + 2 * .75) / (1 + 2)
    least_frequency     a feature once seen is never rarer than this
    named_mass          added where the disease is named for the feature
    entry_named_mass    added where an Orphanet entry that describes the disease is named for it
    defined_mass        added where that entry's definition speaks of it
    doubtful_share      share of that where the definition speaks of it with a doubt
    series_share        share of what the diseases of its numbered series show
    gene_share          share of what the diseases of its gene show
    entry_share         share of what the diseases that one Orphanet entry maps to show
    kin_half            features at which a kin counts half
    kin_least           what is rarer among the kin is not expected
    kin_share           share of all that kin show, for a disease of which much is known
    kin_rescue          added to it for a disease of which nothing is known
    kin_thin            known features, in expected fractions, at which half of kin_rescue is left
    lent_share          share of a row that a broader or narrower Orphanet entry lends
    uniform_share       share of the background spread evenly over all phenotype terms, so none is impossible
    reach               how fast weight falls from a term to its superterms, per nat of information lost
    exact               share of a profile's weight on the annotated terms themselves
    subtree             share on everything below the finding: credit for an imprecise finding
    damping             added to a profile's total weight, so a disease of one row is not certain of it
    floor               eps: a finding that a disease's profile does not hold costs at most ln(eps)
    specificity_power   power of a finding's information in its weight w(q)
    specificity_scale   information in nats at which w(q) is 1
    """

    unknown_frequency: float = 0.15
    prior_examined: float = 2.0
    prior_frequency: float = 0.75
    least_frequency: float = 0.02
    named_mass: float = 1.5
    entry_named_mass: float = 0.3
    defined_mass: float = 1.0
    doubtful_share: float = 0.5
    series_share: float = 0.9
    gene_share: float = 0.05
    entry_share: float = 0.15
    kin_half: float = 5.0
    kin_least: float = 0.05
    kin_share: float = 0.25
    kin_rescue: float = 4.0
    kin_thin: float = 0.1
    lent_share: float = 0.15
    uniform_share: float = 0.15
    reach: float = 0.3
    exact: float = 0.12
    subtree: float = 0.4
    damping: float = 5.0
    floor: float = 0.05
    specificity_power: float = 0.0
    specificity_scale: float = 6.0


SETTINGS = Settings()

"""A measure against a norm, with the errors of both.

z is (value - mean) / SD of the norm. Its own error is that of the measure, of the ruler, and of the norm's mean, which
n people know to SD / sqrt(n). A term's criterion is a z beyond 2 of the *true* value; since what is measured scatters
more than what is true, a term is called only where |z| is beyond 2 of the scatter of measured ordinary people,
2 sqrt(1 + error²), so that no more of these are called than the criterion says (2.3 % on each side).
"""

from __future__ import annotations

from math import erf, sqrt

from facial.reading import Compared, Norm

#: The criterion of the measured terms (Elements of Morphology, doi:10.1002/ajmg.a.32596, unverified): beyond 2 SD.
CRITERION = 2.0
#: Half of a 90 % interval, in SDs of a normal law.
NINETY = 1.6449


def compared(value: float, error: float, norm: Norm) -> Compared:
    """`value` with its standard error, in the unit of `norm`, as z with a 90 % interval."""
    z, its_error = (value - norm.mean) / norm.sd, z_error(error, norm)
    return Compared(norm, z, z - NINETY * its_error, z + NINETY * its_error)


def z_error(error: float, norm: Norm) -> float:
    """Standard error of z. An own reference's SD holds the error of measuring already; its mean's is left."""
    of_mean = 1 / sqrt(norm.n) if norm.n else 0.0
    return sqrt((error / norm.sd) ** 2 + of_mean**2)


def called(found: Compared) -> bool:
    """Whether the measure lies outside of what measured ordinary people have."""
    error = _error(found)
    scatter = 1.0 if found.norm.own else sqrt(1 + error**2)
    return abs(found.z) >= CRITERION * scatter


def probability(found: Compared) -> float:
    """How likely the true value is beyond the criterion, on the side of z: all values taken as alike beforehand."""
    error = _error(found)
    if error == 0:
        return float(abs(found.z) >= CRITERION)
    return 0.5 * (1 + erf((abs(found.z) - CRITERION) / error / sqrt(2)))


def _error(found: Compared) -> float:
    return (found.high - found.low) / 2 / NINETY

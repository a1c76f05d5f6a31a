"""Many cases at once, in blocks: the best diseases of each by the compact table alone.

For sifting files of many cases. Scores are within `CompactTable.margin` of the exact ones; `Ranker.standings` gives
the exact ones of a case at some ten times the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from matching.lm.query import Query
from matching.lm.shortlist import Shortlist, best_of
from matching.lm.table import MOST_ROWS
from ontology.arrays import Bools, Floats, Ints

#: Cases of a block: their sums take 1.4 MB and stay in a core's cache. With 16 or 256 a case takes as long.
BLOCK = 64
#: Diseases are laid in so many lanes to find how high the highest are.
_LANES = 64


@dataclass(frozen=True, slots=True)
class Block:
    """The best diseases of some cases, a row each.

    positions  int32   (cases, limit)  the best first, equal scores by position; -1 where there is none
    scores     float32 (cases, limit)  nats; -inf where there is none
    """

    positions: Ints
    scores: Floats


def in_blocks(shortlist: Shortlist, queries: Iterable[Query], considered: Bools, limit: int) -> Iterator[Block]:
    """Blocks of BLOCK cases, in order; a case without a present finding has no disease. Raises KnowledgeDamaged."""
    waiting = iter(queries)
    while queries_of_block := list(islice(waiting, BLOCK)):
        yield _Desk(shortlist, considered, limit).answer(queries_of_block)


@dataclass(frozen=True, slots=True)
class _Desk:
    shortlist: Shortlist
    considered: Bools
    limit: int

    def answer(self, queries: Sequence[Query]) -> Block:
        found = Block(
            np.full((len(queries), self.limit), -1, np.int32),
            np.full((len(queries), self.limit), -np.inf, np.float32),
        )
        together = [at for at, query in enumerate(queries) if self._is_plain(query)]
        done = self._plain(queries, together, found)
        for at, query in enumerate(queries):
            if at not in done and len(query.present):
                positions, scores = best_of(self.shortlist.quick(query, self.considered), self.limit)
                found.positions[at, : len(positions)] = positions
                found.scores[at, : len(scores)] = scores
        return found

    def _is_plain(self, query: Query) -> bool:
        """Whether its score is one sum of rows."""
        return 0 < len(query.present) <= MOST_ROWS and not len(query.excluded) and bool((query.weights == 1).all())

    def _plain(self, queries: Sequence[Query], together: Sequence[int], found: Block) -> set[int]:
        """Answer those that can be answered in whole numbers; which they were."""
        table = self.shortlist.table
        lanes = table.codes.shape[1] // _LANES
        if 2 * self.limit > lanes or not together:
            return set()
        sums = np.empty((len(together), table.codes.shape[1]), np.uint16)
        for row, at in enumerate(together):
            sums[row] = table.added(table.row_of[queries[at].present])
        sums[:, : len(self.considered)][:, ~self.considered] = 0
        highest = sums.reshape(len(together), _LANES, lanes).max(1)
        least = np.partition(highest, lanes - self.limit, axis=1)[:, lanes - self.limit]
        done = set()
        for row, at in enumerate(together):
            if not least[row]:  # a disease of the floor is among the best: then those not considered must be told apart
                continue
            candidates = np.flatnonzero(sums[row] >= least[row])
            codes = sums[row][candidates].astype(np.int32)
            order = np.argsort(-codes, kind="stable")[: self.limit]
            floor = queries[at].weights @ table.floors[queries[at].present]
            found.positions[at] = candidates[order]
            found.scores[at] = codes[order] * np.float32(table.step) + floor
            done.add(at)
        return done

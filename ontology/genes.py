"""Links between genes and diseases, each with where it comes from, of what kind it is, and as of when."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ontology.arrays import Ints, Rows, StringPool, read_array, write_array


@dataclass(frozen=True, slots=True)
class GeneLink:
    """One gene of one disease. `association` is the source's own word (MENDELIAN, POLYGENIC, UNKNOWN)."""

    symbol: str
    ncbi_id: int
    association: str
    source: str
    dated: str


@dataclass(frozen=True, slots=True)
class GeneLinks:
    """Every link, in order of disease.

    of_disease    rows    (diseases,)  link indices
    genes         int32   (links,)     indices into symbols
    symbols       strings (genes,)     HGNC symbols as the source writes them, ascending
    ncbi_ids      int32   (genes,)     NCBI Gene numbers
    associations  int32   (links,)     indices into association_names
    association_names strings
    sources       int32   (links,)     indices into source_names
    source_names  strings              file and date, as `file|date`
    """

    of_disease: Rows
    genes: Ints
    symbols: StringPool
    ncbi_ids: Ints
    associations: Ints
    association_names: StringPool
    sources: Ints
    source_names: StringPool

    def __len__(self) -> int:
        return len(self.genes)

    def links(self, disease: int, gene: int | None = None) -> tuple[GeneLink, ...]:
        """Links of the disease at position `disease`, by symbol; with `gene`, an index into `symbols`, those to it."""
        indices = self.of_disease[disease]
        return tuple(self._link(int(i)) for i in (indices if gene is None else indices[self.genes[indices] == gene]))

    def _link(self, index: int) -> GeneLink:
        gene = int(self.genes[index])
        source, _, dated = self.source_names[int(self.sources[index])].partition("|")
        return GeneLink(
            self.symbols[gene],
            int(self.ncbi_ids[gene]),
            self.association_names[int(self.associations[index])],
            source,
            dated,
        )

    @classmethod
    def read(cls, folder: Path) -> GeneLinks:
        """Open the links written in `folder`."""
        return cls(
            Rows.read(folder, "of_disease"),
            read_array(folder, "genes"),
            StringPool.read(folder, "symbols"),
            read_array(folder, "ncbi_ids"),
            read_array(folder, "associations"),
            StringPool.read(folder, "association_names"),
            read_array(folder, "sources"),
            StringPool.read(folder, "source_names"),
        )

    def write(self, folder: Path) -> None:
        """Write every array into `folder`."""
        self.of_disease.write(folder, "of_disease")
        for name in ("genes", "ncbi_ids", "associations", "sources"):
            write_array(folder, name, getattr(self, name))
        for name in ("symbols", "association_names", "source_names"):
            getattr(self, name).write(folder, name)

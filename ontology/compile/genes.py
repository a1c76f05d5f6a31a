"""Gene link files: genes_to_disease.txt (with association types) or genes_to_phenotype.txt (without)."""

from __future__ import annotations

from dataclasses import dataclass
from io import TextIOWrapper

from ontology.compile.releases import ReleaseFile
from ontology.errors import SourceError

_MEND = "Download genes_to_disease.txt again from the HPO: the file is cut off or of another format."
_LAYOUTS = {
    ("ncbi_gene_id", "gene_symbol", "association_type", "disease_id", "source"): (3, 2),
    ("ncbi_gene_id", "gene_symbol", "hpo_id", "hpo_name", "frequency", "disease_id"): (5, None),
}
#: Association of a link whose file states none.
NOT_STATED = "NOT_STATED"


@dataclass(frozen=True, slots=True)
class Link:
    """One gene of one disease record, as the file has it."""

    record: str
    symbol: str
    ncbi_id: int
    association: str


def read_gene_links(file: ReleaseFile) -> tuple[Link, ...]:
    """Read every distinct link, sorted; raises SourceError where the columns differ or a line is cut off."""
    links: set[Link] = set()
    with file.open() as binary, TextIOWrapper(binary, encoding="utf-8") as text:
        columns = tuple(text.readline().rstrip("\n").split("\t"))
        if columns not in _LAYOUTS:
            raise SourceError(f"{file.name} has other columns than a gene link file.", _MEND)
        disease, association = _LAYOUTS[columns]
        for number, line in enumerate(text, 2):
            fields = line.rstrip("\n").split("\t")
            gene = fields[0].removeprefix("NCBIGene:")
            if len(fields) != len(columns) or not gene.isdigit():
                raise SourceError(f"Line {number} of {file.name} is not a gene link.", _MEND)
            if fields[1] != "-":
                kind = fields[association] if association is not None else NOT_STATED
                links.add(Link(fields[disease], fields[1], int(gene), kind))
    if not links:
        raise SourceError(f"{file.name} holds no gene link.", _MEND)
    return tuple(sorted(links, key=lambda link: (link.record, link.symbol, link.association)))

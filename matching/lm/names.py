"""Terms that diseases are named for: `Microcephaly, seizures, and developmental delay` says three of its features.

A name tells what its authors found most telling, in records too thin to hold it as an annotation; the reader of English
notes reads it.
"""

from __future__ import annotations

from ontology.arrays import Rows
from ontology.knowledge import Knowledge
from ontology.terms import PHENOTYPIC_ABNORMALITY


def read_names(knowledge: Knowledge) -> Rows:
    """Phenotype terms in any name of each disease; rows (diseases,), positions ascending.

    Raises KnowledgeDamaged where the English lexicon has not been compiled.
    """
    from nlp.readers import ENGLISH, open_readers  # loads rapidfuzz, which ranking itself never needs

    terms = knowledge.terms
    root = terms.position(PHENOTYPIC_ABNORMALITY)
    readers = open_readers(knowledge)

    def named(disease: int) -> list[int]:
        names = dict.fromkeys(knowledge.diseases.names(disease))
        mentions = (mention for name in names for mention in readers.read("name", name, ENGLISH).mentions)
        found = {terms.position(mention.type) for mention in mentions}
        return sorted(term for term in found if terms.is_phenotype[term] and term != root)

    return Rows.of(named(disease) for disease in range(len(knowledge.diseases)))

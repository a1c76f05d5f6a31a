"""What Orphanet wrote of one disease, read for the features that it speaks of; the reading takes milliseconds."""

from __future__ import annotations

from collections.abc import Iterator

from matching.lm.told import stated
from nlp.readers import ENGLISH, NoteReaders
from ontology.descriptions import Description
from ontology.features import Mention, TextSpan
from ontology.knowledge import Knowledge
from ontology.manifest import Source
from ontology.terms import PHENOTYPIC_ABNORMALITY
from service.models.definitions import DefinitionMarkAnswer, DescriptionAnswer
from service.naming import Naming

#: The file of Orphanet that names and defines its entries, under its name in the manifest.
_PRODUCT_1 = "en_product1.xml"


def descriptions(knowledge: Knowledge, naming: Naming, readers: NoteReaders, disease: int) -> list[DescriptionAnswer]:
    """Every entry that describes the disease at position `disease`, its own first, as Orphanet wrote it."""
    source = next((source for source in knowledge.manifest.sources if source.name == _PRODUCT_1), None)
    written = knowledge.descriptions.of(disease) if source else ()
    return [_answer(knowledge, naming, readers, each, source) for each in written if source]


def _answer(
    knowledge: Knowledge, naming: Naming, readers: NoteReaders, given: Description, source: Source
) -> DescriptionAnswer:
    return DescriptionAnswer(
        id=given.id,
        names=list(given.names),
        relation=given.relation.name.lower(),
        definition=given.definition or None,
        marks=list(_marks(knowledge, naming, readers, given.definition)),
        released=source.version,
        citation=f"{given.id}. {source.citation}",
        licence=source.licence,
    )


def _marks(
    knowledge: Knowledge, naming: Naming, readers: NoteReaders, definition: str
) -> Iterator[DefinitionMarkAnswer]:
    """The words that the ranking counts, in order of position."""
    for mention in readers.read("definition", definition, ENGLISH).mentions if definition else ():
        sure = stated(mention, knowledge.terms)
        if sure is not None and isinstance(mention.evidence, TextSpan):
            yield _mark(knowledge, naming, mention, mention.evidence, not sure)


def _mark(
    knowledge: Knowledge, naming: Naming, mention: Mention, span: TextSpan, doubtful: bool
) -> DefinitionMarkAnswer:
    terms = knowledge.terms
    term = terms.position(mention.type)
    above = terms.ancestors[term]
    superterms = [terms.id(each) for each in above[terms.is_phenotype[above]].tolist()]
    return DefinitionMarkAnswer(
        id=terms.id(term),
        label=naming.label(terms.id(term)),
        label_en=naming.label_en(terms.id(term)),
        start=span.start,
        end=span.end,
        text=span.text,
        doubtful=doubtful,
        superterms=[id for id in superterms if id != PHENOTYPIC_ABNORMALITY],
    )

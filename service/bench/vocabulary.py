"""Terms of the release as the page names them: labels, definitions, and the choices of onset and severity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ontology.terms import Terms, UnknownTerm
from service.intake import ONSET, SEVERITY
from service.naming import Naming

#: Onsets from the earliest in life to the latest, by their definitions in the HPO; a release's others follow by label.
_THROUGH_LIFE = (
    "HP:0030674",  # Antenatal
    "HP:0011460",  # Embryonal
    "HP:0011461",  # Fetal
    "HP:0034199",  # Late first trimester
    "HP:0034198",  # Second trimester
    "HP:0034197",  # Third trimester
    "HP:0003577",  # Congenital
    "HP:0003623",  # Neonatal
    "HP:0410280",  # Pediatric
    "HP:0003593",  # Infantile
    "HP:0011463",  # Childhood
    "HP:0003621",  # Juvenile
    "HP:0003581",  # Adult
    "HP:0011462",  # Young adult
    "HP:0025708",  # Early young adult
    "HP:0025709",  # Intermediate young adult
    "HP:0025710",  # Late young adult
    "HP:0003596",  # Middle age
    "HP:0003584",  # Late
)
#: Severities from the least to the greatest.
_BY_DEGREE = ("HP:0012827", "HP:0012825", "HP:0012826", "HP:0012828", "HP:0012829")


@dataclass(frozen=True, slots=True)
class Choice:
    """A term to be chosen from a list."""

    id: str
    label: str


@dataclass(frozen=True)
class Vocabulary:
    """Terms of one release, named in one language."""

    terms: Terms
    naming: Naming

    def label(self, id: str) -> str:
        """The label of a term; the id itself where the release has no such term."""
        try:
            return self.naming.label(id)
        except UnknownTerm:
            return id

    def label_en(self, id: str) -> str | None:
        """The English label, where `label` is another."""
        try:
            return self.naming.label_en(id)
        except UnknownTerm:
            return None

    def definition(self, id: str) -> str | None:
        """What the term means, in the release's words; None where it says nothing."""
        try:
            return self.terms.definitions[self.terms.position(id)] or None
        except UnknownTerm:
            return None

    @cached_property
    def onsets(self) -> tuple[Choice, ...]:
        """Every onset of the release, the earliest in life first."""
        return self._below(ONSET, _THROUGH_LIFE)

    @cached_property
    def severities(self) -> tuple[Choice, ...]:
        """Every severity of the release, the least first."""
        return self._below(SEVERITY, _BY_DEGREE)

    def _below(self, above: str, order: tuple[str, ...]) -> tuple[Choice, ...]:
        try:
            waiting = [self.terms.position(above)]
        except UnknownTerm:
            return ()
        found: dict[str, Choice] = {}
        while waiting:
            for child in self.terms.children[waiting.pop()].tolist():
                id = self.terms.id(child)
                if id not in found:
                    found[id] = Choice(id, self.naming.label(id))
                    waiting.append(child)
        place = {id: at for at, id in enumerate(order)}
        return tuple(sorted(found.values(), key=lambda each: (place.get(each.id, len(place)), each.label)))

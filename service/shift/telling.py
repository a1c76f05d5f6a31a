"""The shift monitor in words: the answer of the route, and what the page of oversight shows."""

from __future__ import annotations

from dataclasses import dataclass

from matching.shift.drawn import drawn
from matching.shift.figures import Figure, Flaw
from matching.shift.profile import SAMPLED_ONE_IN
from matching.shift.stability import FigureShift, Level, ShiftWarning
from ontology.terms import UnknownTerm
from service.formats import number
from service.models import shift as m
from service.shift.comparing import FEWEST_NOTES, FEWEST_SHOWN, Compared
from service.wording import Wording

_NUMBERED = (Figure.NOTE_LENGTH, Figure.FINDINGS, Figure.UNMATCHED)


@dataclass(frozen=True, slots=True)
class ShiftPage:
    """Sentences and drawings (SVG); `shifted` says whether `verdict` is a warning."""

    what: str
    verdict: str | None
    shifted: bool
    warnings: tuple[str, ...]
    drawings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShiftWords:
    """Puts words to shift, in the language of `wording`."""

    wording: Wording

    def answer(self, compared: Compared) -> m.ShiftAnswer:
        """All of it, as JSON."""
        shift = compared.shift
        return m.ShiftAnswer(
            reference="first_month" if compared.reference == "first_month" else "corpora",
            reference_month=compared.reference_month,
            reference_notes=shift.reference_notes,
            months=list(compared.months),
            notes=shift.notes,
            accuracy_speaks=shift.accuracy_speaks,
            warnings=[
                m.ShiftWarningAnswer(kind=each.kind, figure=each.figure, sentence=self.warning(each))
                for each in shift.warnings
            ],
            figures=[self._figure(each) for each in shift.figures],
        )

    def page(self, compared: Compared) -> ShiftPage:
        """All of it, for people. Where nothing was counted, nothing is drawn."""
        shift, words = compared.shift, self.wording.words
        counted = [each for each in shift.figures if each.units]
        what = words["shift.what"].format(
            months=", ".join(compared.months), reference=self._reference(compared), count=self._number(shift.notes)
        )
        if not counted:
            return ShiftPage(words["shift.nothing"], None, False, (), ())
        told = any(each.level in (Level.STABLE, Level.MOVED) for each in counted)
        verdict = words["shift.speaks"] if told else None
        return ShiftPage(
            what,
            verdict if shift.accuracy_speaks else words["shift.speaks_not"],
            not shift.accuracy_speaks,
            tuple(map(self.warning, shift.warnings)),
            tuple(self.drawing(each) for each in counted if each.bins),
        )

    def warning(self, warning: ShiftWarning) -> str:
        """A warning as a sentence."""
        return self.wording.words[f"shift.warning.{warning.kind}"].format(figure=self.label(warning.figure))

    def label(self, figure: Figure) -> str:
        """The name of a figure."""
        return self.wording.words[f"shift.figure.{figure}"].format(one_in=SAMPLED_ONE_IN)

    def bin(self, figure: Figure, bin: str) -> str:
        """The name of a bin."""
        words = self.wording.words
        if figure is Figure.SYSTEMS:
            return self._system(bin)
        if figure in _NUMBERED:
            return bin.replace("-", "–")
        how, _, flaw = bin.partition("_")
        if figure is Figure.PHOTO_QUALITY and flaw in tuple(Flaw):
            return words[f"shift.photo.{how}"].format(flaw=words[f"shift.flaw.{flaw}"])
        return words[f"shift.bin.{bin}"]

    def _system(self, id: str) -> str:
        """The label of an organ system; its id where this release has not what the reference was counted with."""
        try:
            return self.wording.label(id)
        except UnknownTerm:
            return id

    def drawing(self, figure: FigureShift) -> str:
        """A figure as SVG, which tells its bins to those who do not see it."""
        words, title = self.wording.words, self.label(figure.figure)
        labels = {each.bin: self.bin(figure.figure, each.bin) for each in figure.bins}
        share = self.wording.percent
        bins = [
            words["shift.described"].format(
                bin=labels[each.bin], share=share(each.share), reference=share(each.reference)
            )
            for each in figure.bins
        ]
        said = {"title": title, "standing": self._standing(figure), "description": " ".join(bins)}
        return drawn(figure, {**labels, **said, "here": words["shift.here"], "reference": words["shift.there"]})

    def _figure(self, figure: FigureShift) -> m.FigureShiftAnswer:
        told = figure.as_json() | {"label": self.label(figure.figure)}
        told["bins"] = [each | {"label": self.bin(figure.figure, each["bin"])} for each in told["bins"]]
        return m.FigureShiftAnswer.model_validate(told)

    def _standing(self, figure: FigureShift) -> str:
        words = self.wording.words
        if figure.psi is None or figure.chance is None:
            return words["shift.alone"]
        level = words[f"shift.level.{figure.level}"]
        return words["shift.standing"].format(psi=f"{figure.psi:.2f}", chance=f"{figure.chance:.2f}", level=level)

    def _reference(self, compared: Compared) -> str:
        words, notes = self.wording.words, self._number(compared.shift.reference_notes)
        if compared.reference == "corpora":
            return words["shift.reference.corpora"].format(count=notes)
        if compared.reference_month is None:
            return words["shift.reference.none"].format(count=FEWEST_NOTES)
        return words["shift.reference.first_month"].format(month=compared.reference_month, count=notes)

    def few(self) -> str:
        """That shares of a few are not shown."""
        return self.wording.words["shift.few"].format(count=FEWEST_SHOWN)

    def _number(self, count: int) -> str:
        return number(count, self.wording.language)

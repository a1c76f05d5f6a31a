"""What a resource becomes: notes, findings, photos and consents of a kept case, and their taking away again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import Connection, RowMapping

from ontology.features import Assertion, Mention, Statement, TextSpan
from ontology.terms import Terms, current_id
from service.audit.trail import Action
from service.cases.consents import end_consent, holds
from service.cases.desk import Desk
from service.cases.features import keep, live, withdraw
from service.cases.mentions import Said
from service.cases.notes import keep_note, take_away
from service.cases.photos import drop_photo, keep_photo
from service.consent.consent import ConsentMissing, ConsentUnknown, Purpose, consents, give
from service.fhir.covering import Covered
from service.fhir.issues import Issue, notice, warning
from service.fhir.reading.items import Agreed, Finding, Picture, Text
from service.models.inputs import MOST_PHOTOS, Language
from service.models.stored import StoredNoteInput
from service.problems import Fault, ProblemError
from service.store.tables import photo


@dataclass(slots=True)
class Parts:
    """Makes and takes away parts in one transaction. `blobs` are files made, `gone` those to be deleted after it."""

    desk: Desk
    connection: Connection
    terms: Terms
    blobs: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def note(self, row: RowMapping, text: Text, covered: Covered) -> str:
        """Keep a note; its id."""
        language = Language(text.language) if text.language else None
        words = covered.texts.get(text.words)
        names = covered.names if words is not None else ()
        given = StoredNoteInput.model_construct(text=words or text.words, language=language, date=text.dated)
        return keep_note(self.desk, self.connection, row, given, names)

    def picture(self, row: RowMapping, picture: Picture) -> str | Issue:
        """Keep a photo; its id, or why it is not kept."""
        if not holds(self.connection, row, Purpose.PHOTO):
            what = "There is no consent to keeping and describing a photo; it is not kept."
            mend = "Send the Consent before or with it; a guardian's for a patient under fourteen."
            return warning(Fault(field=picture.path, what=what, mend=mend), "suppressed")
        if len(self.desk.parts(self.connection, photo, row["id"])) >= MOST_PHOTOS:
            what = f"The case holds {MOST_PHOTOS} photos already; this one is not kept."
            return warning(Fault(field=picture.path, what=what, mend="Withdraw one first."), "too-costly")
        id, blob = keep_photo(self.desk, self.connection, row, picture.content)
        self.blobs.append(blob)
        return id

    def agreed(self, row: RowMapping, agreed: Agreed) -> str | Issue | None:
        """Record a consent, or end those that stand where it is refused; its id, or why it is not taken."""
        if not agreed.permits:
            for one in consents(self.connection, row["id"]):
                if one.purpose is agreed.purpose and one.withdrawn is None:
                    self.gone += end_consent(self.desk, self.connection, row, one.id)
            return None
        try:
            actor = self.desk.actor.id
            id = give(self.connection, row["id"], agreed.purpose, agreed.by, row["age_days"], actor)
            if agreed.ended:
                self.gone += end_consent(self.desk, self.connection, row, id)
            return id
        except ConsentMissing as missing:
            return warning(Fault(field=agreed.path, what=missing.what, mend=missing.mend), "business-rule")

    def findings(
        self, row: RowMapping, findings: Sequence[Finding], sent: frozenset[str], spans: Mapping[int, TextSpan]
    ) -> dict[int, str | Issue]:
        """Keep findings, by their places in `findings`: the id of each, or what is told of one that is not kept.

        The last word about a term counts, and those that stood beside each other in a case that this software told all
        do. `sent` are ids of findings that a system sent: these are replaced; what a clinician has said of a term
        stays. `spans` are the words of kept notes that findings were stated for.
        """
        stands: dict[tuple[str, bool], list[tuple[str, Said]]] = {}
        for id, said in live(self.desk, self.connection, row["id"]) if findings else ():
            stands.setdefault((current_id(self.terms, said.term), _is_family(said)), []).append((id, said))
        answers: dict[int, str | Issue] = {}
        last: dict[tuple[str, bool], list[int]] = {}
        for at in sorted(range(len(findings)), key=lambda at: (findings[at].moment[:10], at)):
            key = _key(findings[at])
            beside = [one for one in last.get(key, ()) if findings[one].retold and findings[at].retold]
            for one in last.get(key, ()):
                if one not in beside:
                    answers[one] = _replaced(findings[one], findings[at])
            last[key] = [*beside, at]
        older: list[str] = []
        for key, places in last.items():
            before = stands.get(key, [])
            own = [said for id, said in before if id not in sent]
            if not own:
                older += [id for id, _ in before]
            for at in sorted(places):
                finding = findings[at]
                answers[at] = _stays(finding, own[-1]) if own else self._stated(row, finding, spans.get(at))
        if older:
            withdraw(self.desk, self.connection, row, older)
        made = [answer for answer in answers.values() if isinstance(answer, str)]
        if made:
            counts = {"features": len(made), "replaced": len(older)}
            self.desk.record(self.connection, Action.CREATE, row, "feature", made[0], **counts)
        return answers

    def _stated(self, row: RowMapping, finding: Finding, span: TextSpan | None) -> str:
        """Keep a finding as the word of whoever sends it; its id."""
        mention = None
        if finding.assertion is not None:
            by = Statement(self.desk.actor.id, span)
            told = (finding.onset, finding.severity)
            mention = Mention(finding.term, finding.assertion, by, *told, modifiers=finding.modifiers)
        return keep(self.desk, self.connection, row, Said(finding.term, mention, finding.struck))

    def take_away(self, row: RowMapping, kind: str, part: str) -> None:
        """Take away what a resource of type `kind` had become; what someone took away before is no fault."""
        with suppress(ProblemError, ConsentUnknown):
            if kind == "Consent":
                self.gone += end_consent(self.desk, self.connection, row, part)
            elif kind == "Media":
                for each in self.desk.parts(self.connection, photo, row["id"]):
                    if each["id"] == part:
                        drop_photo(self.desk, self.connection, row, part)
                        self.gone.append(each["blob"])
            elif withdraw(self.desk, self.connection, row, [part]):
                self.desk.record(self.connection, Action.WITHDRAW, row, "feature", part)
            else:
                take_away(self.desk, self.connection, row, part)


def _key(finding: Finding) -> tuple[str, bool]:
    """A term of the patient's, or the same term of a relative's."""
    return finding.term, finding.assertion is Assertion.FAMILY


def _is_family(said: Said) -> bool:
    return said.mention is not None and said.mention.assertion is Assertion.FAMILY


def _replaced(earlier: Finding, later: Finding) -> Issue:
    fault = Fault(
        field=earlier.path, what="A later word about the same term is taken instead.", mend="Nothing is to be done."
    )
    if earlier.assertion is later.assertion:
        return notice(fault, "duplicate")
    what = "Another word about the same term contradicts this one; the later is taken."
    return warning(Fault(field=earlier.path, what=what, mend="Correct one of the two."), "conflict")


def _stays(finding: Finding, said: Said) -> Issue:
    fault = Fault(
        field=finding.path, what="A clinician has said the same of this term already.", mend="Nothing is to be done."
    )
    if (said.mention.assertion if said.mention else None) is finding.assertion:
        return notice(fault, "duplicate")
    what = "A clinician has said something else of this term, which stays."
    return warning(Fault(field=finding.path, what=what, mend="Have it changed in the case."), "conflict")

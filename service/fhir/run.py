"""One transaction: the case found or opened, what is sent again recognised, new parts kept, others taken away.

Then each case that has changed waits to be read and ranked in the background.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, update

from service.actors import Permission
from service.audit.trail import Action
from service.cases.desk import touch
from service.cases.known import known_of, sealed_known
from service.fhir.bundle import BATCH, Entry
from service.fhir.covering import Covered
from service.fhir.history import added_by, left_out, with_all, without
from service.fhir.issues import Issue, Refused, notice, warning
from service.fhir.judging import Judged, Patient, Resource
from service.fhir.keeping import Answer, Keeper, Kept
from service.fhir.parts import Parts
from service.fhir.quotations import Quotations
from service.fhir.reading.items import Agreed, Born, Finding, Picture, Text, Withdrawn
from service.fhir.records import Records, Standing
from service.fhir.who import Who
from service.models.known import KnownInput
from service.problems import Fault
from service.store.scope import may, scoped
from service.store.tables import case, feature, note, photo

#: Types in the order in which they are kept: who it is, when, what is allowed, and what needs that.
_FIRST = ("Patient", "Encounter", "Consent")
#: Types that are remembered though they become no part of the case.
_REMEMBERED = ("Patient", "Encounter", "Consent")


@dataclass(slots=True)
class _Fresh:
    """A resource that is new, or newer than what was kept of it."""

    resource: Resource
    name: str
    content: str
    version: int
    parts: list[str]

    @property
    def is_gone(self) -> bool:
        return any(isinstance(item, Withdrawn) for item in self.resource.items)


class Run:
    """Keeps `judged`; names of files made go to `made`, of those to be deleted after the commit to `gone`."""

    def __init__(
        self,
        keeper: Keeper,
        connection: Connection,
        made: list[str],
        gone: list[str],
        judged: Judged,
        covered: Sequence[Covered],
    ) -> None:
        self._keeper, self._connection, self._judged, self._covered = keeper, connection, judged, covered
        self._desk = keeper.desk.at(None)
        self._records = Records(self._desk, connection, keeper.source)
        self._parts = Parts(self._desk, connection, keeper.terms, made, gone)
        self._who = Who(self._desk, connection, keeper.terms, self._records, keeper.today)
        self._kept = Kept()
        self._touched: dict[str, bool] = {}  # whether what a report is made from has changed

    def done(self) -> Kept:
        """Keep it; raises Refused where a version is another than was expected, or a deletion is not possible."""
        vault = self._desk.keeping.vault
        if not vault.has_site_key(self._connection):
            vault.create_site_key(self._connection)
        for entry in self._judged.deleted:
            self._delete(entry)
        for patient, covered in zip(self._judged.patients, self._covered, strict=True):
            self._keep(patient, covered)
        for id, content in self._touched.items():
            self._finish(id, content)
        return self._kept

    def _finish(self, id: str, content: bool) -> None:
        """Raise the version of a case, and let it be read where there is something else to read."""
        touch(self._desk, self._connection, self._desk.changing(self._connection, id), content=content)
        row = self._desk.case(self._connection, id, Permission.WRITE_CASES)
        self._kept.cases.append(id)
        if content and self._holds_something(id):
            keeper = self._keeper
            self._kept.tasks.append(keeper.enqueue(self._desk, self._connection, row, keeper.source, keeper.callback))

    def _delete(self, entry: Entry) -> None:
        if entry.type == "Patient":
            what = "A patient's case is not deleted by the system that sent it."
            fault = Fault(field=entry.path, what=what, mend="Have it erased by someone who may.")
            self._refuse(entry, Issue(fault, code="not-supported"), 405)
            return
        standing = self._records.standing(self._records.name_of(str(entry.name)))
        if self._is_expected(entry, standing):
            self._take_away(standing)
            self._kept.answers[entry.at] = Answer("deleted")

    def _keep(self, patient: Patient, covered: Covered) -> None:
        """Keep what is new of a patient, in order; then findings and what is known beside them, all at once."""
        row, issues = self._who.found(patient)
        if row is None:
            if not any(_holds_anything(each) for each in patient.resources):
                self._kept.answers.update({each.entry.at: Answer("left") for each in patient.resources})
                return
            row, more = self._who.opened(patient)
            issues = (*issues, *more)
        for issue in issues:
            self._kept.tell(patient.resources[0].entry.at, issue)
        fresh = self._fresh(patient, row)
        if not fresh:
            return
        row, born, content = self._who.changed(patient, row)
        for each in fresh:
            each.parts = self._made(each.resource, row, covered)
        self._findings(row, fresh)
        changed = self._know(row, fresh)
        content = (
            content
            or changed
            or any(isinstance(item, Text | Finding | Picture) for each in fresh for item in each.resource.items)
        )
        self._touch(row["id"], content)
        for each in fresh:
            self._remember(row, each, born)
        counts = {"resources": len(fresh), "parts": sum(len(each.parts) for each in fresh)}
        self._desk.record(self._connection, Action.IMPORT, row, "case", "", **counts)

    def _fresh(self, patient: Patient, row: RowMapping) -> list[_Fresh]:
        """What of a patient is new; what was kept of an older version of it is taken away."""
        ordered = sorted(patient.resources, key=_turn)
        names = [self._named(each, row) for each in ordered]
        self._records.look_up(name for name, _ in names)
        fresh: list[_Fresh] = []
        told = self._told_here(ordered, row)
        for resource, (name, content) in zip(ordered, names, strict=True):
            if resource.entry.at in told:
                continue
            standing = self._records.standing(name)
            if not self._is_expected(resource.entry, standing):
                continue
            if self._is_known(resource, standing, content, row):
                part = next((str(each["part"]) for each in standing.rows if each["part"]), None)
                self._answer(resource, "unchanged", part, standing.last, row)
                continue
            self._take_away(standing)
            fresh.append(_Fresh(resource, name, content, standing.last + 1, []))
        return fresh

    def _told_here(self, resources: Sequence[Resource], row: RowMapping) -> frozenset[int]:
        """Places of entries that this site has told of this very case, which holds them already; it is told."""
        parts = {row["id"]}
        for table in (note, feature):
            parts |= {each["id"] for each in self._desk.parts(self._connection, table, row["id"])}
        found = [
            each.entry
            for each in resources
            if each.entry.type != "Patient" and (each.entry.id or "").partition("-")[0] in parts
        ]
        for entry in found:
            what = "This was told from here, and is in the case already."
            self._kept.tell(entry.at, notice(Fault(field=entry.path, what=what, mend="Nothing is to be done.")))
            self._kept.answers[entry.at] = Answer("left")
        return frozenset(entry.at for entry in found)

    def _named(self, resource: Resource, row: RowMapping) -> tuple[str, str]:
        """The blinded name and digest of a resource; one without an id is known by its content, within the case."""
        texts = [item.words for item in resource.items if isinstance(item, Text)]
        content = self._records.digest_of(resource.entry.resource, texts)
        return self._records.name_of(resource.entry.name or f"{resource.entry.type}/#{content}/{row['id']}"), content

    def _is_known(self, resource: Resource, standing: Standing, content: str, row: RowMapping) -> bool:
        """Whether this was received before, as it is or newer; a move to another patient is told."""
        if not standing.rows:
            return False
        before, path = standing.rows[0], resource.entry.path
        if before["case"] != row["id"]:
            what = "This was another patient's before; it is taken out of that case."
            fault = Fault(field=path, what=what, mend="Have someone look at both cases.")
            self._kept.tell(resource.entry.at, warning(fault))
            return False
        if standing.content == content:
            return True
        known, told = str(self._records.told(before).get("updated") or ""), _updated(resource)
        if known and told and told < known:
            what = "A newer version of this was received before; this one is left out."
            self._kept.tell(
                resource.entry.at, warning(Fault(field=path, what=what, mend="Nothing is to be done."), "conflict")
            )
            return True
        return False

    def _take_away(self, standing: Standing) -> None:
        """Take away what a resource had become, wherever it was kept."""
        for at, old in enumerate(standing.rows):
            row = self._desk.changing(self._connection, old["case"])
            if old["part"]:
                self._parts.take_away(row, old["kind"], old["part"])
            added = self._records.told(old).get("known") if at == 0 else None
            if added:
                before = known_of(self._desk, self._connection, row)
                self._set_known(row, without(before, added))
            self._touch(row["id"], bool(added or (old["part"] and old["kind"] != "Consent")))
        if standing.rows:
            self._records.withdraw(standing.rows)

    def _made(self, resource: Resource, row: RowMapping, covered: Covered) -> list[str]:
        """Keep the notes, photos and consents of a resource; ids of the parts."""
        made: list[str] = []
        for item in resource.items:
            part: str | Issue | None = None
            if isinstance(item, Text):
                part = self._parts.note(row, item, covered)
            elif isinstance(item, Picture):
                part = self._parts.picture(row, item)
            elif isinstance(item, Agreed):
                part = self._parts.agreed(row, item)
            if isinstance(part, Issue):
                self._kept.tell(resource.entry.at, part)
            elif part is not None:
                made.append(part)
        return made

    def _findings(self, row: RowMapping, fresh: Sequence[_Fresh]) -> None:
        found = [(each, item) for each in fresh for item in each.resource.items if isinstance(item, Finding)]
        if not found:
            return
        sent = frozenset(each["part"] for each in self._records.of_case(row["id"]) if each["part"])
        spans = Quotations(self._desk, self._connection, self._records, row, _notes_of(fresh))
        quoted = {at: span for at, (_, item) in enumerate(found) if (span := spans.of(item.quoted))}
        for at, answer in self._parts.findings(row, [item for _, item in found], sent, quoted).items():
            if isinstance(answer, Issue):
                self._kept.tell(found[at][0].resource.entry.at, answer)
            else:
                found[at][0].parts.append(answer)

    def _know(self, row: RowMapping, fresh: Sequence[_Fresh]) -> bool:
        """Add what is known beside findings; whether that is anything."""
        added = [each for one in fresh if (each := added_by(one.resource.items))]
        if not added:
            return False
        known = known_of(self._desk, self._connection, row)
        for issue in left_out(known, added):
            self._kept.tell(fresh[0].resource.entry.at, issue)
        after = with_all(known, added)
        self._set_known(row, after)
        return after != known

    def _set_known(self, row: RowMapping, known: KnownInput) -> None:
        sealed = sealed_known(self._desk, self._connection, row["id"], known)
        mine = may(self._desk.actor, Permission.WRITE_CASES, case)
        self._connection.execute(update(case).where(mine, case.c.id == row["id"]).values(known=sealed))

    def _remember(self, row: RowMapping, fresh: _Fresh, born: Born | None) -> None:
        """Remember what a resource became, and answer."""
        entry, added = fresh.resource.entry, added_by(fresh.resource.items)
        if not fresh.is_gone and not (fresh.parts or added or entry.type in _REMEMBERED):
            self._kept.answers[entry.at] = Answer("left")
            return
        if not fresh.is_gone:
            told: dict[str, object] = {"reference": entry.name, "updated": _updated(fresh.resource), "known": added}
            if entry.type == "Patient" and born is not None:
                told |= {"born": born.day.isoformat(), "days": born.days}
            self._records.add(row, entry, fresh.name, fresh.content, fresh.parts, fresh.version, told)
        done = "deleted" if fresh.is_gone else "updated" if fresh.version > 1 else "created"
        self._answer(fresh.resource, done, fresh.parts[0] if fresh.parts else None, fresh.version, row)

    def _answer(self, resource: Resource, done: str, part: str | None, version: int, row: RowMapping) -> None:
        id = row["id"] if resource.entry.type == "Patient" else part
        location = f"{resource.entry.type}/{id}" if id and done != "deleted" else None
        self._kept.answers[resource.entry.at] = Answer(done, location, version)

    def _is_expected(self, entry: Entry, standing: Standing) -> bool:
        if entry.expected is None or entry.expected == standing.last:
            return True
        what = f"This resource is at version {standing.last} here."
        fault = Fault(field=entry.path, what=what, mend="Send If-Match with that version, or without.")
        self._refuse(entry, Issue(fault, code="conflict"), 412)
        return False

    def _refuse(self, entry: Entry, issue: Issue, status: int) -> None:
        """Refuse all; of a batch this entry alone."""
        if self._judged.incoming.kind != BATCH:
            raise Refused([issue], status)
        self._kept.tell(entry.at, issue)
        self._kept.answers[entry.at] = Answer("refused")

    def _touch(self, id: str, content: bool) -> None:
        self._touched[id] = self._touched.get(id, False) or content

    def _holds_something(self, id: str) -> bool:
        """Whether there is a note, a finding or a photo to read."""
        actor, write = self._desk.actor, Permission.WRITE_CASES
        notes = scoped(actor, write, note, note.c.case == id)
        photos = scoped(actor, write, photo, photo.c.case == id)
        findings = scoped(actor, write, feature, feature.c.case == id, feature.c.withdrawn.is_(None))
        return any(self._connection.execute(found.limit(1)).first() for found in (notes, photos, findings))


def _notes_of(fresh: Sequence[_Fresh]) -> dict[str, str]:
    """The notes that documents have become, by what these are referred to by."""
    notes: dict[str, str] = {}
    for each in fresh:
        entry = each.resource.entry
        if entry.type == "DocumentReference" and len(each.parts) == 1:
            notes |= {name: each.parts[0] for name in (entry.name, entry.full_url) if name}
    return notes


def _holds_anything(resource: Resource) -> bool:
    return any(not isinstance(item, Withdrawn) for item in resource.items)


def _turn(resource: Resource) -> int:
    return _FIRST.index(resource.entry.type) if resource.entry.type in _FIRST else len(_FIRST)


def _updated(resource: Resource) -> str:
    """When its system says that the resource was changed last."""
    meta = resource.entry.resource.get("meta")
    return str(meta.get("lastUpdated") or "") if isinstance(meta, Mapping) else ""

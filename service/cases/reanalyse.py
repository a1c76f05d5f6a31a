"""Reanalysis: unsolved cases ranked again with the knowledge in use, and what has changed since their last report.

A reanalysis keeps nothing but its link in the trail: a clinician assesses the case again to have a report to sign.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from sqlalchemy import Connection

from matching.assess import Assessor
from matching.case import Case
from ontology.annotations import Aspect, DiseaseAnnotation
from ontology.diseases import UnknownDisease
from ontology.errors import PhenomapError
from ontology.knowledge import Knowledge
from service.actors import Permission
from service.audit.trail import Action
from service.cases.assessing import LEADING, whole
from service.cases.consents import require_assessable
from service.cases.desk import Desk
from service.models.releases import ReanalysedAnswer, ReanalyseInput, ReanalysisAnswer
from service.naming import Naming
from service.problems import ProblemError
from service.store.scope import scoped
from service.store.tables import case, report

#: The knowledge of an older release, or None where it is no longer kept.
Release = Callable[[str], Knowledge | None]


@dataclass(frozen=True, slots=True)
class NewAnnotation:
    """A statement about a disease that the older release did not hold."""

    term: str
    label: str
    excluded: bool
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reanalysed:
    """One case: the diseases that led its last report and those that lead now.

    `news` are the annotations that are new for the one that leads now; None where the older release is no longer kept.
    `fault` says why the case could not be ranked.
    """

    case: str
    department: str
    report: str
    knowledge: str
    before: tuple[str, ...]
    now: tuple[str, ...]
    news: tuple[NewAnnotation, ...] | None = ()
    fault: str | None = None

    @property
    def changed(self) -> bool:
        """Whether other diseases lead, or they lead in another order."""
        return self.fault is None and self.before != self.now


@dataclass(frozen=True, slots=True)
class _Last:
    case: str
    department: str
    report: str
    knowledge: str
    leading: tuple[str, ...]


def reanalyse(desk: Desk, assessor: Assessor, older: Release, *, every: bool = False) -> Iterator[Reanalysed]:
    """Every unsolved case whose last report was made with another release than the one in use (or all, with `every`).

    A case that cannot be ranked is told with its fault; one that was erased meanwhile is passed over.
    """
    for last in _waiting(desk, assessor, every):
        if found := _again(desk, assessor, older, last):
            yield found


def reanalyse_some(
    desk: Desk, assessor: Assessor, naming: Naming, older: Release, wanted: ReanalyseInput
) -> ReanalysisAnswer:
    """At most `wanted.limit` of them, in the order of their ids, after the case `wanted.after`."""
    waiting = [last for last in _waiting(desk, assessor, wanted.every) if last.case > (wanted.after or "")]
    some = waiting[: wanted.limit]
    found = [again for last in some if (again := _again(desk, assessor, older, last))]
    return ReanalysisAnswer(
        knowledge_in_use=assessor.knowledge.manifest.release,
        ranked=sum(each.fault is None for each in found),
        changed=sum(each.changed for each in found),
        failed=sum(each.fault is not None for each in found),
        cases=[_answer(each, naming) for each in found],
        next=some[-1].case if len(waiting) > len(some) else None,
    )


def _answer(given: Reanalysed, naming: Naming) -> ReanalysedAnswer:
    told = {**asdict(given), "changed": given.changed}
    for news in told["news"] or ():
        news |= {"label": naming.label(news["term"]), "label_en": naming.label_en(news["term"])}
    return ReanalysedAnswer.model_validate(told)


def new_annotations(before: Knowledge, after: Knowledge, disease: str) -> tuple[NewAnnotation, ...]:
    """Statements about the phenotype of `disease` in `after` that `before` did not hold, in the order of `after`."""
    known = {_statement(before, row) for row in _rows(before, disease)}
    terms = after.terms
    return tuple(
        NewAnnotation(terms.id(row.term), terms.label(row.term), row.excluded, row.references)
        for row in _rows(after, disease)
        if _statement(after, row) not in known
    )


def _again(desk: Desk, assessor: Assessor, older: Release, last: _Last) -> Reanalysed | None:
    told = (last.case, last.department, last.report, last.knowledge, last.leading)

    def gathered(connection: Connection) -> Case:
        row = desk.case(connection, last.case, Permission.REANALYSE)
        require_assessable(desk, connection, row)
        desk.record(connection, Action.REANALYSE, row, report=last.report)
        return whole(desk, connection, row)

    try:
        ranking = assessor.assess(desk.write(gathered), LEADING, tests=False).ranking
    except PhenomapError as error:
        return Reanalysed(*told, (), None, error.what)
    except ProblemError as problem:
        return None if problem.status in {404, 410} else Reanalysed(*told, (), None, problem.detail)
    leading = tuple(disease.id for disease in ranking.diseases)
    if leading == last.leading or not leading:
        return Reanalysed(*told, leading)
    before = older(last.knowledge)
    news = None if before is None else new_annotations(before, assessor.knowledge, leading[0])
    return Reanalysed(*told, leading, news)


def _waiting(desk: Desk, assessor: Assessor, every: bool) -> list[_Last]:
    release = assessor.knowledge.manifest.release
    unsolved = desk.read(lambda connection: _unsolved(desk, connection))
    return [last for last in unsolved if every or last.knowledge != release]


def _unsolved(desk: Desk, connection: Connection) -> list[_Last]:
    """The last report of each unsolved case, in the order of the cases' ids."""
    unsolved = scoped(desk.actor, Permission.REANALYSE, case, case.c.unsolved, case.c.status != "erased").subquery()
    told = (report.c.id, report.c.case, report.c.department, report.c.knowledge, report.c.leading)
    query = scoped(desk.actor, Permission.REANALYSE, report, report.c.case == unsolved.c.id).with_only_columns(*told)
    last = {
        row.case: _Last(row.case, row.department, row.id, row.knowledge, tuple(row.leading))
        for row in connection.execute(query.order_by(report.c.case, report.c.created))
    }
    return list(last.values())


def _rows(knowledge: Knowledge, disease: str) -> Iterator[DiseaseAnnotation]:
    try:
        position = knowledge.diseases.position(disease)
    except UnknownDisease:
        return
    yield from (row for row in knowledge.annotations.of_disease(position) if row.aspect is Aspect.PHENOTYPE)


def _statement(knowledge: Knowledge, row: DiseaseAnnotation) -> tuple[str, bool, tuple[str, ...]]:
    return knowledge.terms.id(row.term), row.excluded, row.references

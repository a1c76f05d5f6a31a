"""`phenomap assess NOTE`: one patient, from a note on disk to findings, diseases and tests on the screen."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cli.face import lines_of
from cli.options import Commands, add_knowledge_option, open_knowledge
from cli.report_page import ReportPage
from ontology.errors import InputError, PhenomapError

if TYPE_CHECKING:
    from matching.case import Case
    from matching.genetic_tests.known import Known
    from ontology.knowledge import Knowledge
    from service.knowing import Knowing

#: As large as a document that the API reads (service.documents.document.Bounds), in bytes.
_LONGEST_NOTE = 13_000_000
#: Fields of matching.genetic_tests.known.FamilyHistory and words of TestResult, written out so that `--help` loads
#: nothing.
FAMILY = (
    "consanguineous",
    "affected_parent",
    "affected_siblings",
    "affected_children",
    "affected_maternal_males",
    "affected_maternal_line",
)
_RESULTS = ("negative", "uncertain", "positive")
_SEQUENCING = ("gene_panel", "exome")


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `assess`."""
    command = commands.add_parser("assess", help="assess one patient: findings, diseases with reasons, tests")
    command.add_argument("note", metavar="NOTE", help="text, .docx, PDF, HTML or RTF; `-` for standard input")
    command.add_argument("--photo", action="append", default=[], type=Path, help="a face photo (may be repeated)")
    command.add_argument("--ancestry", metavar="CODE", help="as it was told; by it norms of the face are chosen")
    command.add_argument("--feature", action="append", default=[], metavar="HP:..", help="a finding that is present")
    command.add_argument("--exclude", action="append", default=[], metavar="HP:..", help="a finding that is absent")
    command.add_argument("--sex", choices=("female", "male", "other", "unknown"), default="unknown")
    command.add_argument("--age", help="ISO 8601 duration, such as P3Y2M")
    command.add_argument(
        "--done",
        action="append",
        default=[],
        metavar="'KIND [RESULT] [YEAR] [GENES|LOCUS]'",
        help="a test already done, such as 'exome negative 2021' or 'repeat_pcr FMR1' (may be repeated)",
    )
    command.add_argument(
        "--family", action="append", default=[], choices=FAMILY, help="what is known of the family (may be repeated)"
    )
    command.add_argument(
        "--acutely-ill", action="store_true", help="tests that are fast and of what is treatable first"
    )
    command.add_argument("--limit", type=int, default=10, help="diseases shown (default: 10)")
    command.add_argument(
        "--prior", choices=("none", "prevalence"), default="none", help="common diseases a little first"
    )
    command.add_argument("--language", choices=("en", "zh"), default="en", help="of names and sentences (default: en)")
    command.add_argument("--json", action="store_true", help="the whole report as JSON, as POST /api/v1/assess answers")
    add_knowledge_option(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Assess and print; 1 where the note was not read."""
    from facial.norms.ancestry import checked as ancestry
    from matching.assess import Assessor
    from matching.prevalence import Prior
    from service.faces.command import read_photos
    from service.faces.telling import photos_told
    from service.knowing import Knowing
    from service.translate import Translator

    knowledge = open_knowledge(chosen)
    case = _case(chosen, knowledge)
    assessor = Assessor.open(knowledge)
    knowing = Knowing.open(assessor)
    known = _known(chosen, knowing)
    seen = read_photos(case.photos, chosen.age, case.sex, ancestry(chosen.ancestry)) if case.photos else ()
    prior = Prior(chosen.prior)
    report = assessor.assess(case, chosen.limit, prior=prior, known=known, offers=knowing.offers, seen=seen)
    translator = Translator.of(knowledge, chosen.language)
    photos = photos_told(case.photos, seen, translator)
    if chosen.json:
        answer = translator.report(report).model_copy(update={"photos": photos})
        print(json.dumps(answer.model_dump(mode="json", exclude_none=True), ensure_ascii=False))
    else:
        for photo in photos:
            for line in lines_of(photo):
                print(line)
        notices = [notice.words for notice in translator.notices(report.notices)]
        for line in ReportPage(knowledge, translator.wording).lines(report, notices):
            print(line)
    unread = [given for given in report.abstentions if given.reader != "facial" or chosen.photo]
    for given in unread:
        sys.stderr.write(f"phenomap: not read: {' '.join(translator.wording.abstention(given))}\n")
    return 1 if unread else 0


def _case(chosen: argparse.Namespace, knowledge: Knowledge) -> Case:
    """The case through the service's own models and checks; raises InputError with the first fault."""
    from service.actors import Actor
    from service.checked import checked
    from service.intake import whole_case
    from service.models.inputs import AssessInput
    from service.problems import ProblemError

    features = [{"id": id} for id in chosen.feature] + [{"id": id, "excluded": True} for id in chosen.exclude]
    given = {
        "notes": [{"text": _note(chosen.note, chosen.language)}],
        "features": features,
        "sex": chosen.sex,
        "limit": chosen.limit,
    } | ({"age": chosen.age} if chosen.age else {})
    try:
        case = whole_case(checked(AssessInput, given), Actor("command line", frozenset()), knowledge.terms)
    except ProblemError as error:
        fault = error.faults[0]
        raise InputError(fault.field, fault.what, fault.mend) from None
    return _with_photos(case, chosen.photo)


def _known(chosen: argparse.Namespace, knowing: Knowing) -> Known:
    """Tests done and the family, through the service's own model; raises InputError with the first fault."""
    from service.checked import checked
    from service.models.known import KnownInput
    from service.problems import ProblemError

    given = {
        "tests_done": [_done(words) for words in chosen.done],
        "family_history": dict.fromkeys(chosen.family, True),
        "acutely_ill": chosen.acutely_ill,
    }
    try:
        return knowing.known(checked(KnownInput, given))
    except ProblemError as error:
        fault = error.faults[0]
        raise InputError(fault.field, fault.what, fault.mend) from None


def _done(words: str) -> dict[str, object]:
    """A test from `KIND [RESULT] [YEAR] [GENES|LOCUS]`; the words behind the kind may come in any order."""
    kind, *rest = words.split() or [""]
    test: dict[str, object] = {"modality": kind}
    looked = []
    for word in rest:
        if word in _RESULTS:
            test["result"] = word
        elif re.fullmatch("[0-9]{4}", word):
            test["year"] = int(word)
        else:
            looked.append(word.strip(","))
    if looked:
        test |= {"genes": looked} if kind in _SEQUENCING else {"target": " ".join(looked)}
    return test


def _with_photos(case: Case, paths: list[Path]) -> Case:
    from dataclasses import replace

    from matching.case import Photo

    return replace(case, photos=tuple(Photo(f"photo-{n}", path.read_bytes()) for n, path in enumerate(paths, 1)))


def _note(path: str, language: str) -> str:
    """The text of the note: UTF-8 as it is, any other document as it is read, which is told on stderr."""
    from service.catalogues import DICTIONARIES
    from service.documents.kinds import is_plain
    from service.documents.reading import DocumentRefused, read
    from service.documents.telling import refused, told

    content = sys.stdin.buffer.read(_LONGEST_NOTE + 1) if path == "-" else _bytes(Path(path))
    if is_plain(content):
        return content.decode("utf-8-sig")
    words = DICTIONARIES[language]
    try:
        document = read(content)
    except DocumentRefused as refusal:
        raise InputError("note", *refused(refusal.why, refusal.named, words)) from None
    sys.stderr.write(f"phenomap: the note was read as {document.kind.value}\n")
    for notice in document.notices:
        sys.stderr.write(f"phenomap: {told(notice, words)}\n")
    return document.text


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise PhenomapError("The note is a folder.", "Name one file.")
    with path.open("rb") as file:
        return file.read(_LONGEST_NOTE + 1)

"""`phenomap gallery enrol|list|remove|export|import|evaluate`: the hospital's gallery of faces, for its operator.

Photos are read and let go; what is kept are the numbers that faces are compared by, sealed. They are personal data all
the same: to export them is to give personal data away.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.options import Commands, add_knowledge_option, open_knowledge
from cli.serve import add_settings_options, settings_of
from ontology.errors import InputError

if TYPE_CHECKING:
    from service.cases.desk import Desk
    from service.gallery.reading import DescribesFaces
    from service.settings import Settings

_WARNING = (
    "What is in this file tells one face from others: it is personal data. Give it to the hospital that it is meant "
    "for, over a channel you would send a photo over, and delete it then."
)


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `gallery` and its commands."""
    top = commands.add_parser("gallery", help="the hospital's own gallery of faces: enrol, evaluate, export, import")
    inner = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    enrol = inner.add_parser("enrol", help="enrol a signed case, or a photo with a consent on paper")
    _add_enrol_options(enrol)
    shown = inner.add_parser("list", help="what is enrolled: by disease, or face by face")
    shown.add_argument("--faces", action="store_true", help="face by face, a JSON line each")
    shown.set_defaults(run=run_list)
    remove = inner.add_parser("remove", help="remove a face, those of a case, or all that a hospital gave")
    remove.add_argument("id", nargs="?", help="of the face")
    remove.add_argument("--case", metavar="ID")
    remove.add_argument("--origin", metavar="NAME", help="as it was named at import")
    remove.set_defaults(run=run_remove)
    export = inner.add_parser("export", help="write what may be given to another hospital: numbers, no photo, no name")
    export.add_argument("target", metavar="FILE", help="a new file, or `-` for standard output")
    export.set_defaults(run=run_export)
    taken = inner.add_parser("import", help="enrol every face of another hospital's file, or none")
    taken.add_argument("source", type=Path, metavar="FILE")
    taken.add_argument("--origin", required=True, metavar="NAME", help="what that hospital is called here")
    taken.set_defaults(run=run_import)
    evaluate = inner.add_parser("evaluate", help="leave everyone out once: does likeness help, and for which diseases")
    evaluate.set_defaults(run=run_evaluate)
    for command in (enrol, shown, remove, export, taken, evaluate):
        add_settings_options(command)
        add_knowledge_option(command)
    for command in (enrol, shown, remove, taken, evaluate):
        command.add_argument("--json", action="store_true", help="as one JSON object")


def _add_enrol_options(enrol: argparse.ArgumentParser) -> None:
    enrol.add_argument("--case", metavar="ID", help="a case that is signed for a disease")
    enrol.add_argument("--photo", type=Path, help="a photo of someone who is no kept case")
    enrol.add_argument("--disease", metavar="ID", help="its confirmed diagnosis, such as OMIM:154700")
    enrol.add_argument("--consent", metavar="REF", help="reference of the consent on paper: no name")
    enrol.add_argument("--sex", choices=("female", "male", "other", "unknown"), default="unknown")
    enrol.add_argument("--age", metavar="P7Y", help="as an ISO 8601 duration; kept as a band of years")
    enrol.add_argument("--ancestry", metavar="CODE", help="as it was told; never inferred from the face")
    enrol.add_argument("--person", metavar="PSEUDONYM", help="the same for every photo of one person (default: REF)")
    enrol.add_argument("--may-be-given", action="store_true", help="the consent covers giving it to other hospitals")
    enrol.add_argument("--synthetic", action="store_true", help="a made-up face: such a gallery never ranks")
    enrol.set_defaults(run=run_enrol)


def run_enrol(chosen: argparse.Namespace) -> int:
    """Enrol one face."""
    from service.gallery.enrolling import OfCase, enrol_case, enrol_photo

    if (chosen.case is None) is (chosen.photo is None):
        raise InputError("--case", "Either a case or a photo is enrolled.", "Give one of --case and --photo.")
    if chosen.photo and not (chosen.disease and chosen.consent):
        raise InputError("--consent", "A photo needs a diagnosis and a consent.", "Give --disease and --consent.")
    with _desk(chosen) as desk:
        reader = _reader(settings_of(chosen))
        knowledge = open_knowledge(chosen)
        if chosen.photo:
            id = enrol_photo(desk, reader, knowledge, chosen.photo.read_bytes(), _about(chosen))
        else:
            of = OfCase(None, chosen.disease, _word(chosen.ancestry, "--ancestry"))
            id = enrol_case(desk, lambda department: reader, knowledge, chosen.case, of).added[0]
    return _say(chosen, {"enrolled": id}, f"{id} was enrolled; the photo is not in the gallery")


def run_list(chosen: argparse.Namespace) -> int:
    """Print what is enrolled."""
    from service.gallery.showing import every_face, summary
    from service.gallery.telling import gallery_answer
    from service.wording import Wording

    knowledge = open_knowledge(chosen)
    with _desk(chosen) as desk:
        if chosen.faces:
            for row in every_face(desk.keeping, desk.actor.id):
                print(json.dumps(asdict(row), default=str))
            return 0
        found = summary(desk.keeping, knowledge, desk.actor.id)
    answer = gallery_answer(knowledge, Wording.of(knowledge, "en"), found)
    if chosen.json:
        print(answer.model_dump_json(exclude_none=True))
        return 0
    print(f"{answer.faces:,} faces of {answer.persons:,} people{', synthetic' if answer.synthetic else ''}")
    for each in answer.diseases:
        state = "weighs" if each.weighs else each.why_not_words
        print(f"  {each.disease}  {each.name or ''}  {each.persons} people ({each.imported} faces imported): {state}")
    print(answer.notice)
    return 0


def run_remove(chosen: argparse.Namespace) -> int:
    """Remove faces; 1 where there was none."""
    from service.gallery.enrolling import remove_case
    from service.gallery.showing import remove_faces

    if sum(given is not None for given in (chosen.id, chosen.case, chosen.origin)) != 1:
        what = "It is not said which faces to remove."
        raise InputError("id", what, "Give the id of a face, --case ID, or --origin NAME.")
    with _desk(chosen) as desk:
        if chosen.case:
            removed = remove_case(desk, chosen.case)
        else:
            removed = remove_faces(desk.keeping, desk.actor.id, id=chosen.id, origin=chosen.origin)
    _say(chosen, {"removed": removed}, f"{removed:,} faces were removed; evaluations of the gallery are void")
    return 0 if removed else 1


def run_export(chosen: argparse.Namespace) -> int:
    """Write the file, for this user's eyes alone."""
    from service.gallery.exchange import export_gallery

    if chosen.target != "-" and Path(chosen.target).exists():
        raise InputError("FILE", "There is such a file already.", "Name one that is not.")
    with _desk(chosen) as desk:
        found = export_gallery(desk.keeping, desk.actor.id)
    if chosen.target == "-":
        sys.stdout.write(found.content)
    else:
        handle = os.open(chosen.target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(found.content)
    kept = f"{found.not_consented:,} stay for want of consent, {found.imported:,} are not ours to give"
    sys.stderr.write(f"{found.faces:,} faces were written; {kept}. {_WARNING}\n")
    return 0


def run_import(chosen: argparse.Namespace) -> int:
    """Enrol a whole file."""
    from service.gallery.exchange import MOST_BYTES, FileDamaged, import_gallery

    if chosen.source.stat().st_size > MOST_BYTES:
        raise FileDamaged(f"The file has more than {MOST_BYTES:,} bytes.", "Give a gallery as it was exported.")
    origin = _word(chosen.origin, "--origin")
    with _desk(chosen) as desk:
        count = import_gallery(desk.keeping, chosen.source.read_bytes(), str(origin), desk.actor.id)
    return _say(chosen, {"imported": count}, f"{count:,} faces were enrolled; the gallery is to be evaluated again")


def run_evaluate(chosen: argparse.Namespace) -> int:
    """Evaluate, and print what was found; 1 where no disease passed."""
    from service.gallery.evaluating import evaluate_gallery

    knowledge = open_knowledge(chosen)
    with _desk(chosen) as desk:
        found = evaluate_gallery(desk.keeping, knowledge, desk.actor.id)
    passed = sum(each.passed for each in found.diseases)
    if chosen.json:
        print(json.dumps(asdict(found)))
    else:
        print(f"{found.persons:,} people, {len(found.diseases):,} diseases, each person left out once")
        print(f"  first: {found.top1:.2f} (nearest cosine {found.cosine_top1:.2f}, chance {found.chance_top1:.2f})")
        print(f"  of five: {found.top5:.2f} (nearest cosine {found.cosine_top5:.2f}, chance {found.chance_top5:.2f})")
        for each in found.diseases:
            gain = "" if each.gain is None else f", gains {each.gain:+.2f} nats, at least {each.gain_at_least:+.2f}"
            print(f"  {each.disease}: {each.persons} people{gain}: {each.why_not or 'weighs'}")
    return 0 if passed else 1


def _about(chosen: argparse.Namespace) -> Any:  # noqa: ANN401
    """What is told of a photo's person, but their portrait."""
    from facial.likeness.portrait import Portrait
    from service.age import days_of
    from service.gallery.rows import NewFace, age_band

    consent = str(_word(chosen.consent, "--consent"))
    return NewFace(
        Portrait.empty(),
        chosen.disease,
        person=str(_word(chosen.person, "--person") or consent),
        sex=chosen.sex,
        age_band=age_band(days_of(chosen.age)),
        ancestry=_word(chosen.ancestry, "--ancestry"),
        paper=consent,
        synthetic=chosen.synthetic,
        shareable=chosen.may_be_given,
    )


def _word(given: str | None, option: str) -> str | None:
    """A reference or a code; raises InputError for what could be a person's name or number."""
    import re

    if given is None or re.fullmatch(r"(?=.*[A-Za-z/_.-])[A-Za-z0-9._/-]{1,40}", given):
        return given
    what = "This is no reference or code."
    raise InputError(option, what, "Use up to 40 letters, digits, dots, dashes and slashes, and no name or number.")


def _reader(settings: Settings) -> DescribesFaces:
    from service.faces.opening import FaceFiles, open_reader

    return open_reader(FaceFiles.of(settings.faces))


def _say(chosen: argparse.Namespace, answer: dict[str, object], words: str) -> int:
    print(json.dumps(answer) if chosen.json else words)
    return 0


@contextmanager
def _desk(chosen: argparse.Namespace) -> Iterator[Desk]:
    from cli.case import desk_of
    from ontology.errors import PhenomapError
    from service.problems import ProblemError

    with desk_of(chosen) as desk:
        try:
            yield desk
        except ProblemError as problem:
            raise PhenomapError(problem.detail, "See `phenomap case show`.") from None

"""`phenomap case import IN.jsonl OUT.jsonl`: cases of a file, a JSON object a line, each kept once."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from cli.inputs import LineReader, fault_as_json, faults_as_json
from cli.jsonl import LineFaults, answer_lines
from cli.options import Commands, add_knowledge_option, open_knowledge
from cli.serve import add_settings_options, settings_of

if TYPE_CHECKING:
    from ontology.terms import Terms
    from service.cases.desk import Desk


def add_import(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `import`."""
    command = commands.add_parser("import", help="keep the cases of a file; a line that was kept before is kept once")
    command.add_argument(
        "source", metavar="IN.jsonl", help='{"id","notes":[{"text"}],"features"?,"sex"?,"age"?} a line'
    )
    command.add_argument("target", metavar="OUT.jsonl", help="{id, case, fresh} a line; `-` for standard output")
    command.add_argument("--account", required=True, metavar="NAME", help="the clinician whose cases they become")
    add_knowledge_option(command)
    add_settings_options(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Import every line; 1 where one could not be."""
    from service.cases.importing import importing_desk
    from service.opening import opened
    from service.store.present import open_present

    terms = open_knowledge(chosen).terms
    settings = settings_of(chosen)
    open_present(settings.database).close()
    reader = LineReader()
    with opened(settings, lambda words: print(words, file=sys.stderr)) as keeping:
        desk = importing_desk(keeping, settings.cases, chosen.account)
        code = answer_lines(
            chosen.source, chosen.target, lambda line: _answer(desk, terms, reader, line), empty={"case": None}
        )
    reader.tell()
    return code


def _answer(desk: Desk, terms: Terms, reader: LineReader, line: bytes) -> dict[str, Any]:
    from service.cases.importing import import_case
    from service.models.stored import CaseInput
    from service.problems import ProblemError

    id, given = reader.read(line, CaseInput)
    try:
        done = import_case(desk, terms, id, given)
    except ProblemError as error:
        again = [fault_as_json("", error.detail, "Import the file again: lines that were kept are not kept twice.")]
        raise LineFaults(id, faults_as_json(error.faults) or again) from error
    return {"id": id, "case": done.case, "fresh": done.fresh}

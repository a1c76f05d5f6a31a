"""`phenomap case list|show|reanalyse|erase`: kept cases, for whoever runs the server. Nothing sealed is printed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from cli.case_import import add_import
from cli.options import Commands, add_knowledge_option
from cli.serve import add_settings_options, settings_of
from ontology.errors import InputError

if TYPE_CHECKING:
    from service.cases.desk import Desk
    from service.cases.reanalyse import Reanalysed


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `case` and its commands."""
    top = commands.add_parser("case", help="list, show, reanalyse or erase kept cases")
    inner = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    cases = inner.add_parser("list", help="every case as a JSON line, the last changed first")
    cases.add_argument(
        "--status", choices=("draft", "waiting", "signed", "erased"), help="only those (default: not erased)"
    )
    cases.set_defaults(run=run_list)
    show = inner.add_parser("show", help="one case as JSON, without what is sealed")
    show.add_argument("id", help="its id")
    show.set_defaults(run=run_show)
    again = inner.add_parser(
        "reanalyse", help="rank unsolved cases with the knowledge in use; list those whose leading diseases changed"
    )
    again.add_argument("--all", action="store_true", help="those reported with this knowledge already, too")
    again.add_argument("--json", action="store_true", help="every case ranked, as a JSON line")
    add_knowledge_option(again)
    again.set_defaults(run=run_reanalyse)
    erase = inner.add_parser("erase", help="erase a case for good by destroying its key")
    erase.add_argument("id", nargs="?", help="its id")
    erase.add_argument("--reason", choices=("request", "retention", "mistake"), default="request")
    erase.add_argument("--expired", action="store_true", help="every case kept longer than the site's rule says")
    erase.set_defaults(run=run_erase)
    for command in (cases, show, again, erase):
        add_settings_options(command)
    add_import(inner)


def run_list(chosen: argparse.Namespace) -> int:
    """Print cases as JSON Lines."""
    from service.cases.operating import list_all

    with desk_of(chosen) as desk:
        for case in list_all(desk, chosen.status):
            print(json.dumps(case))
    return 0


def run_show(chosen: argparse.Namespace) -> int:
    """Print one case."""
    from service.cases.operating import summary

    with desk_of(chosen) as desk:
        print(json.dumps(summary(desk, chosen.id), indent=1, default=str))
    return 0


def run_reanalyse(chosen: argparse.Namespace) -> int:
    """Print what changed; exit 1 where a case could not be ranked."""
    from ontology.knowledge import root_folder
    from service.cases.operating import rank_again

    ranked = changed = faults = 0
    with desk_of(chosen) as desk:
        for case in rank_again(desk, root_folder(chosen.knowledge), every=chosen.all):
            ranked += 1
            changed += case.changed
            faults += case.fault is not None
            if chosen.json:
                print(json.dumps({**asdict(case), "changed": case.changed}, ensure_ascii=False))
            else:
                _tell(case)
    sys.stderr.write(f"{ranked:,} cases ranked again: the leading diseases of {changed:,} changed, {faults:,} failed\n")
    return 1 if faults else 0


def run_erase(chosen: argparse.Namespace) -> int:
    """Erase one case, or those whose time is over."""
    from service.cases.operating import erase, erase_expired

    if (chosen.id is None) is not chosen.expired:
        raise InputError("id", "Either one case or all that are expired can be erased.", "Give an id, or --expired.")
    with desk_of(chosen) as desk:
        if chosen.expired:
            print(f"{erase_expired(desk):,} cases were erased: their time was over")
        else:
            erase(desk, chosen.id, chosen.reason)
            print(f"{chosen.id} was erased")
    return 0


def _tell(case: Reanalysed) -> None:
    if case.fault is not None:
        print(f"{case.case}  FAILED: {case.fault}")
    elif case.changed:
        print(f"{case.case}  {case.knowledge}: {' '.join(case.before) or 'none'}")
        print(f"{'':32}  now: {' '.join(case.now) or 'none'}")
        if case.news is None:
            print(f"{'':32}  what is new of {case.now[0]} is not known: {case.knowledge} is no longer kept")
        for row in case.news or ():
            lacks = "lacks " if row.excluded else ""
            print(f"{'':32}  new of {case.now[0]}: {lacks}{row.label} ({row.term}; {', '.join(row.references)})")


@contextmanager
def desk_of(chosen: argparse.Namespace) -> Iterator[Desk]:
    """The operator's desk over the database of the settings, which must be there."""
    from service.cases.operating import operator
    from service.opening import opened
    from service.store.present import open_present

    settings = settings_of(chosen)
    open_present(settings.database).close()  # a command makes no database: it would show an empty one
    with opened(settings, lambda words: print(words, file=sys.stderr)) as keeping:
        yield operator(keeping, settings.cases)

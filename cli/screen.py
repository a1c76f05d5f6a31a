"""`phenomap screen SOURCE --out DIR`: an archive read whole; the patients worth testing, with the evidence."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.options import Commands, add_knowledge_option
from cli.serve import add_settings_options, settings_of
from ontology.errors import InputError, PhenomapError

if TYPE_CHECKING:
    from ontology.knowledge import Knowledge
    from screening.layout import Layout
    from screening.part import Setting
    from screening.run import Hands, Run
    from screening.sources.source import SourceOptions
    from screening.threshold import Rule

#: screening.sources' kinds, written out so that `--help` loads nothing.
KINDS = ("jsonl", "csv", "parquet", "omop", "fhir", "folder")
#: Present findings below which a patient is not ranked: two findings are of too many diseases (matching.lm.ranker).
LEAST_FINDINGS = 3
_DONE, _PARTS = "done", "parts"


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `screen`."""
    command = commands.add_parser("screen", help="read years of records: which patients are worth testing, and why")
    command.add_argument("source", metavar="SOURCE", help="a file, a folder, or postgresql://... of an OMOP database")
    command.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder of the run and its results")
    work = command.add_mutually_exclusive_group()
    work.add_argument("--workers", type=_whole, metavar="N", help="processes (default: one for each processor)")
    work.add_argument("--ray", metavar="ADDRESS", help="a Ray cluster, which sees DIR under the same path")
    command.add_argument("--resume", action="store_true", help="go on with the run in DIR where it was ended")
    source = command.add_argument_group("the archive")
    source.add_argument("--kind", choices=KINDS, help="what SOURCE is (default: recognised)")
    source.add_argument("--config", type=Path, metavar="FILE", help="TOML with what follows, for archives read often")
    source.add_argument("--columns", metavar="NAME=COLUMN,...", help="such as patient=MRN,text=NOTE,date=WRITTEN")
    source.add_argument("--date-format", metavar="FORMAT", help="such as %%d/%%m/%%Y, where dates are not ISO 8601")
    source.add_argument("--encoding", metavar="NAME", help="of text files (default: detected)")
    source.add_argument("--name-pattern", metavar="REGEX", help="of file names, with the groups patient, date, kind")
    source.add_argument("--photos", type=Path, metavar="DIR", help="read face photos named by a column, below DIR")
    rule = command.add_argument_group("who is flagged")
    rule.add_argument("--least-findings", type=_whole, default=LEAST_FINDINGS, metavar="N", help="to be ranked")
    rule.add_argument("--share", type=float, metavar="P", help="of patients expected to have an unnamed rare disease")
    rule.add_argument("--least-yield", type=float, metavar="P", help="the least chance of a find worth a look")
    rule.add_argument("--most-share", type=float, metavar="P", help="of all patients who can be looked at")
    result = command.add_argument_group("the result")
    result.add_argument("--language", choices=("en", "zh"), default="en", help="of the report (default: en)")
    result.add_argument("--pseudonym-key", type=Path, metavar="FILE", help="of an earlier run: the same names again")
    result.add_argument("--reference", type=Path, metavar="FILE", help="profile.json of this site's own first month")
    result.add_argument(
        "--work", type=Path, metavar="DIR", help="a disk for the notes while they are parted by patient"
    )
    result.add_argument("--push", metavar="ACCOUNT", help="make flagged patients draft cases of this clinician")
    add_knowledge_option(command)
    add_settings_options(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Screen; 1 where nothing could be done."""
    from ontology.knowledge import Knowledge, root_folder
    from screening.layout import Layout, Pseudonyms
    from screening.ledger import Ledger
    from screening.run import Run
    from screening.spool import parts_for

    rule, options = _rule(chosen), _options(chosen)
    root = root_folder(chosen.knowledge)
    knowledge = Knowledge.open(root)
    layout = Layout.of(chosen.out.absolute(), chosen.work and chosen.work.absolute())
    _may_begin(layout, chosen.resume)
    layout.make()
    with Ledger.open(layout.ledger) as ledger:
        if _DONE in ledger.marks:
            layout.clear()  # it may have been ended before it had cleared
            sys.stderr.write(f"phenomap: this run is done; its report is {layout.report}\n")
            return 0
        _key(layout, chosen.pseudonym_key)
        Pseudonyms.kept(layout.key)
        parts = ledger.once(_PARTS, parts_for(_size(chosen.source)))  # the archive may grow or go while a run rests
        setting = _setting(chosen, root, layout, parts)
        run = Run(setting, _hands(chosen), ledger, sys.stderr)
        run.begin(_plan(chosen, options, knowledge, setting, rule))
        _carry_out(chosen, run, options, rule, knowledge)
    return 0


def _carry_out(chosen: argparse.Namespace, run: Run, options: SourceOptions, rule: Rule, knowledge: Knowledge) -> None:
    """Every step; then the results, and what only an unfinished run needs is removed."""
    from cli.screen_results import Results, reference_of, write_results
    from screening.sources.source import open_source
    from screening.threshold import Yields

    yields, reference = Yields.read(), reference_of(chosen.reference)
    archive = run.gather(lambda: open_source(chosen.source, options))
    cohort = run.screen(archive)
    ranked = run.weigh()
    found = run.choose(cohort, rule, yields)
    run.tell(found, rule, yields)
    write_results(run, Results(archive, cohort, ranked, found, rule), knowledge, chosen.language, reference)
    if chosen.push:
        _push(chosen, run)
    run.ledger.mark(_DONE, {"flagged": found.flagged})
    run.layout.clear()
    sys.stderr.write(
        f"phenomap: {found.flagged:,} of {cohort.patients:,} patients are worth a look; see {run.layout.report}\n"
    )


def _push(chosen: argparse.Namespace, run: Run) -> None:
    from cli.screen_push import push
    from matching.assess import Assessor
    from ontology.knowledge import Knowledge

    assessor = Assessor.open(Knowledge.open(run.setting.knowledge))
    pushed = push(run.flagged_rows(), assessor, settings_of(chosen), chosen.push, chosen.language)
    sys.stderr.write(
        f"phenomap: {pushed.fresh} draft cases were made, {pushed.known} were there, {pushed.refused} were refused\n"
    )


def _may_begin(layout: Layout, resume: bool) -> None:
    """Refuse to write into a folder of something else, and to go on with a run unasked."""
    if layout.ledger.exists():
        if not resume:
            raise InputError(
                "out", f"{layout.out} holds a run.", "Add --resume to go on with it, or name another folder."
            )
    elif layout.out.exists() and (not layout.out.is_dir() or any(layout.out.iterdir())):
        raise InputError("out", f"{layout.out} is not an empty folder.", "Name a new one.")


def _key(layout: Layout, given: Path | None) -> None:
    """Take over the key of an earlier run, so that patients keep their names."""
    from screening.layout import Pseudonyms
    from screening.private import whole_file

    if given is None or layout.key.exists():
        return
    names = Pseudonyms.kept(given) if given.is_file() else None
    if names is None:
        raise InputError("pseudonym-key", f"{given}: there is no such file.", "Give private/key of an earlier run.")
    with whole_file(layout.key) as out:
        out.write(names.key.hex().encode() + b"\n")


def _setting(chosen: argparse.Namespace, root: Path, layout: Layout, parts: int) -> Setting:
    from cli.screen_companions import ServiceCompanions, faces_state
    from screening.part import Setting

    if chosen.photos is not None:
        if not chosen.photos.is_dir():
            raise InputError("photos", f"{chosen.photos}: there is no such folder.", "Name the folder of the photos.")
        if (state := faces_state()) != "ready":
            raise PhenomapError(
                f"Faces cannot be read here ({state}).", "`phenomap face build`, or leave out --photos."
            )
    companions = ServiceCompanions(chosen.language, faces=chosen.photos is not None)
    photos = None if chosen.photos is None else chosen.photos.absolute()
    return Setting(root.absolute(), layout, parts, chosen.least_findings, photos, companions)


def _hands(chosen: argparse.Namespace) -> Hands:
    from screening.run import Hands

    if chosen.ray is None:
        from screening.engine.processes import Processes

        return Hands(Processes, chosen.workers or len(os.sched_getaffinity(0)))
    from screening.engine.rays import RayCrew

    crew = RayCrew.connected(chosen.ray)
    workers = crew.places()
    crew.close()
    return Hands(lambda: RayCrew.connected(chosen.ray), workers)  # a crew is closed when its step is done


def _plan(
    chosen: argparse.Namespace, options: SourceOptions, knowledge: Knowledge, setting: Setting, rule: Rule
) -> dict[str, Any]:
    """What must stay the same for two calls to be one run."""
    return {
        "source": str(chosen.source) if "://" not in chosen.source else "a database",
        **{name: getattr(options, name) for name in ("kind", "date_format", "encoding", "name_pattern")},
        "columns": asdict(options.columns),
        "least-findings": setting.least,
        "photos": None if setting.photos is None else str(setting.photos),
        "language": chosen.language,
        "share, least-yield, most-share": [rule.share, rule.least_yield, rule.most_share],
        "the release of the knowledge": knowledge.manifest.release,
        "the version of phenomap": version("phenomap"),
    }


def _rule(chosen: argparse.Namespace) -> Rule:
    from screening.threshold import Rule

    given = {name: getattr(chosen, name) for name in ("share", "least_yield", "most_share")}
    return Rule(**{name: value for name, value in given.items() if value is not None})


def _options(chosen: argparse.Namespace) -> SourceOptions:
    from cli.screen_companions import document_text
    from screening.sources.config import read_options

    told = {name: getattr(chosen, name) for name in ("kind", "date_format", "encoding", "name_pattern")}
    return read_options(chosen.config, told, chosen.columns, document_text)


def _size(source: str) -> int | None:
    """Bytes of a file or a folder; None for a database."""
    path = Path(source)
    if "://" in source or not path.exists():
        return None
    files: Iterator[Path] = iter((path,)) if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


def _whole(words: str) -> int:
    number = int(words)
    if number < 1:
        raise ValueError
    return number

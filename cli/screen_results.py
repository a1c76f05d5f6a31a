"""What a run leaves: tables, the flagged patients, a page for people, and beside them what only the hospital keeps."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from matching.shift.profile import Profile
from matching.shift.reference import corpora
from matching.shift.stability import Level, Shift, compare
from ontology.errors import InputError
from ontology.knowledge import Knowledge
from ontology.terms import PHENOTYPIC_ABNORMALITY
from screening.output.outcome import Outcome, PartFiles, SourceTold
from screening.output.written import write_output
from screening.private import whole_file
from screening.run import Archive, Cohort, Run
from screening.threshold import Rule, Threshold
from service.catalogues import DICTIONARIES
from service.shift.telling import ShiftWords
from service.wording import Wording


@dataclass(frozen=True, slots=True)
class Results:
    """All that the steps of a run came to."""

    archive: Archive
    cohort: Cohort
    ranked: int
    found: Threshold
    rule: Rule


def reference_of(file: Path | None) -> Profile:
    """The profile that notes are compared with: of the benchmark corpora, or of `file`; raises InputError."""
    if file is None:
        return corpora()
    try:
        return Profile.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise InputError("reference", f"{file} cannot be read.", "Name profile.json of an earlier run.") from None


def write_results(run: Run, results: Results, knowledge: Knowledge, language: str, reference: Profile) -> None:
    """Write every file of the result; raises PhenomapError where that fails, and leaves no half file."""
    layout = run.layout
    shift = compare(results.cohort.profile, reference)
    outcome = _outcome(run, results, knowledge, ShiftWords(Wording.of(knowledge, language)), shift)
    write_output(outcome, PartFiles.of(layout.weighed, layout.told), layout.out, language, DICTIONARIES[language])
    _write_json(layout.out / "profile.json", results.cohort.profile.as_json())
    _write_json(layout.out / "summary.json", _summary(outcome, shift))
    _write_json(layout.private / "manifest.json", _manifest(run, results, outcome))
    with whole_file(layout.private / "set_aside.jsonl") as out:
        out.writelines(_line(asdict(each)) for each in run.set_aside())
    with whole_file(layout.private / "link.jsonl") as out:
        for link in sorted(layout.links.glob("*.jsonl")):
            out.write(link.read_bytes())


def _outcome(run: Run, results: Results, knowledge: Knowledge, words: ShiftWords, shift: Shift) -> Outcome:
    archive, cohort = results.archive, results.cohort
    terms = knowledge.terms
    counted = [each for each in shift.figures if each.units]
    warned = [each for each in shift.warnings if any(figure.figure is each.figure for figure in counted)]
    return Outcome(
        run=run.name,
        knowledge=knowledge.manifest.release,
        software=f"Phenomap {version('phenomap')}, lm",
        made_at=datetime.now(UTC),
        sources=(SourceTold(archive.named, archive.shown, len(archive.files)),),
        notes=cohort.notes,
        patients=cohort.patients,
        ranked=results.ranked,
        rule=results.rule,
        threshold=results.found,
        seconds=cohort.seconds / run.hands.workers,
        set_aside=_sum(archive.filled.set_aside, cohort.set_aside),
        doubts=archive.filled.doubts,
        disagreements=cohort.disagreements,
        shift_figures=tuple(words.drawing(each) for each in counted if each.bins),
        shift_warnings=tuple(words.warning(each) for each in warned),
        accuracy_speaks=shift.accuracy_speaks,
        systems={
            terms.id(int(child)): words.wording.label(terms.id(int(child)))
            for child in terms.children[terms.position(PHENOTYPIC_ABNORMALITY)]
        },
    )


def _summary(outcome: Outcome, shift: Shift) -> dict[str, Any]:
    """The numbers of the page for machines; nothing of any patient."""
    told = asdict(outcome)
    for name in ("shift_figures", "systems", "sources"):
        del told[name]
    return {
        **told,
        "made_at": outcome.made_at.isoformat(timespec="seconds"),
        "threshold": told["threshold"] | {"score": None if outcome.threshold.flagged == 0 else outcome.threshold.score},
        "shift": {each.figure.value: None if each.psi is None else round(each.psi, 4) for each in shift.figures},
        "shifted": [each.figure.value for each in shift.figures if each.level is Level.SHIFTED],
    }


def _manifest(run: Run, results: Results, outcome: Outcome) -> dict[str, Any]:
    """What was read, by name and checksum: private, for the names of files may be those of patients."""
    return {
        "run": outcome.run,
        "knowledge": outcome.knowledge,
        "software": outcome.software,
        "made_at": outcome.made_at.isoformat(timespec="seconds"),
        "kind": results.archive.named,
        "files": [asdict(each) for each in results.archive.files],
        "notes": results.archive.filled.notes,
        "taken_as": results.archive.taken,
        "rule": asdict(results.rule),
        "least_findings": run.setting.least,
    }


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return dict(Counter(one) + Counter(other))


def _write_json(target: Path, told: object) -> None:
    with whole_file(target) as out:
        out.write(json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass") + b"\n")


def _line(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"

"""A run from archive to flagged patients: gather → screen → weigh → choose → tell; each step once, whatever happens.

The folder of the run is asked what is done already. Outputs (screening.output) are written by the command from what a
Run yields.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import IO, Any, TextIO

import numpy as np

from matching.shift.profile import NOTHING_COUNTED, Profile
from ontology.errors import InputError, PhenomapError
from screening.engine.job import Crew, Job, Task
from screening.engine.supervisor import SLOW_SECONDS, Poisoned, Supervisor
from screening.evidence import Rates, summed
from screening.layout import Layout, Pseudonyms
from screening.ledger import Ledger
from screening.part import PartDone, Setting
from screening.private import owner_only, private_folder, remove, whole_file
from screening.progress import Progress
from screening.record import FileRead, SetAside
from screening.screen_job import ScreenJob
from screening.sources.source import Source
from screening.spool import Filled, PatientRows, Spool
from screening.tell_job import TellJob
from screening.threshold import Rule, Threshold, Yields, threshold
from screening.told import Chosen
from screening.weigh_job import WeighJob

GATHER, SCREEN, WEIGH, TELL = "gather", "screen", "weigh", "tell"
_PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Hands:
    """Who does the work: a crew and how many workers of it; `slow` is how many seconds a note may take."""

    hire: Callable[[], Crew]
    workers: int
    slow: float = SLOW_SECONDS


@dataclass(frozen=True, slots=True)
class Archive:
    """What was read of the archive: `files` for the manifest, what could not be taken, and its kind.

    `shown` is a name that may leave the hospital: that of the file or folder given, or "database". `taken` tells which
    columns were taken for what.
    """

    files: tuple[FileRead, ...]
    filled: Filled
    named: str
    shown: str
    taken: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cohort:
    """What came of screening: how many `patients` and `notes`, what was set aside (by reason), and the profile.

    `seconds` are those of workers, summed. `disagreements` are patients whose rows tell two sexes or dates of birth.
    """

    patients: int
    notes: int
    set_aside: Mapping[str, int]
    disagreements: int
    profile: Profile
    seconds: float


@dataclass(slots=True)
class Run:
    """One run in its folder; the steps are called in their order, and each returns what it has made before."""

    setting: Setting
    hands: Hands
    ledger: Ledger
    err: TextIO

    @property
    def name(self) -> str:
        """Tells this run from others: by its folder, and by nothing of any patient."""
        return self.layout.out.name

    @property
    def layout(self) -> Layout:
        """Where everything lies."""
        return self.setting.layout

    def begin(self, plan: Mapping[str, Any]) -> None:
        """Write down what this run is, or see that it is the one begun here; raises InputError where it is another."""
        before = self.ledger.once(_PLAN, dict(plan))
        differs = sorted(key for key in plan.keys() | before.keys() if plan.get(key) != before.get(key))
        if differs:
            raise InputError(
                "out",
                f"The run in this folder was begun with other values of: {', '.join(differs)}.",
                "Go on with those values, or name another folder.",
            )

    def gather(self, source: Callable[[], Source]) -> Archive:
        """Part the archive by patient. Where that was not finished it begins anew; finished, no source is opened."""
        held = self.ledger.marks.get(GATHER)
        if held is None:
            held = self._gathered(source())
            self.ledger.mark(GATHER, held)
        counts = Filled(held["notes"], Counter(held["set_aside"]), Counter(held["doubts"]))
        files = tuple(FileRead(**each) for each in held["files"])
        return Archive(files, counts, held["named"], held["shown"], held["taken"])

    def _gathered(self, source: Source) -> dict[str, Any]:
        remove(self.layout.spool)
        private_folder(self.layout.spool)
        spool = Spool(self.layout.spool, self.setting.parts)
        progress = Progress(self.err, "reading the archive", "notes")
        progress.begin()
        with open(self.layout.gather_aside, "wb", opener=owner_only) as out:
            filled = spool.fill(source.rows(), lambda aside: _tell(out, aside), progress.reach)
        progress.reach(filled.notes)
        progress.end()
        if filled.notes == 0:
            raise PhenomapError(
                "The archive holds no note that can be read.",
                f"See {self.layout.gather_aside} for the reason of each row, and name the columns with --columns.",
            )
        return {
            "notes": filled.notes,
            "set_aside": dict(filled.set_aside),
            "doubts": dict(filled.doubts),
            "files": [asdict(each) for each in source.files()],
            "named": source.kind,
            "shown": source.shown,
            "taken": dict(source.taken),
        }

    def screen(self, archive: Archive) -> Cohort:
        """Read every patient."""
        parts = Spool(self.layout.spool, self.setting.parts).filled_parts()
        tasks = [Task(part, None) for part in parts]
        progress = Progress(self.err, "screening", "notes", archive.filled.notes)
        self._carry_out(SCREEN, ScreenJob(self.setting), tasks, progress)
        return self._cohort(parts)

    def _cohort(self, parts: list[int]) -> Cohort:
        patients = notes = disagreements = 0
        seconds, aside, profile = 0.0, Counter[str](), NOTHING_COUNTED
        for part in parts:
            done = self.ledger.done[SCREEN, part]
            beside = self._beside(part)
            patients, notes, seconds = patients + done.patients, notes + done.notes, seconds + done.seconds
            aside.update(reason for _, reason in beside["set_aside"])
            disagreements += beside["disagreements"]
            profile += Profile.from_json(beside["profile"])
        return Cohort(patients, notes, aside, disagreements, profile, seconds)

    def weigh(self) -> int:
        """Weigh every patient by what the archive's patients have; how many were ranked."""
        parts = Spool(self.layout.spool, self.setting.parts).filled_parts()
        if not self.layout.rates.exists():
            rates = summed(
                Rates(self.ledger.done[SCREEN, part].patients, self._beside(part)["counts"]) for part in parts
            )
            with whole_file(self.layout.rates) as out:
                out.write(json.dumps(asdict(rates)).encode())
        patients = sum(self.ledger.done[SCREEN, part].patients for part in parts)
        progress = Progress(self.err, "weighing", "patients", patients)
        self._carry_out(WEIGH, WeighJob(self.setting), [Task(part, None) for part in parts], progress)
        return sum(1 for _ in self._scores())

    def choose(self, cohort: Cohort, rule: Rule, yields: Yields) -> Threshold:
        """Where the list of flagged patients ends."""
        scores = np.fromiter((score for _, score, _ in self._scores()), np.float64)
        return threshold(scores, cohort.patients, rule, yields)

    def tell(self, chosen: Threshold, rule: Rule, yields: Yields) -> int:
        """Tell the flagged patients with all reasons; how many there are."""
        flagged = sorted((-score, name, part) for part, score, name in self._scores() if score >= chosen.score)
        chances = yields.chance(np.array([-score for score, _, _ in flagged]), rule.share)
        by_part: dict[int, dict[str, Chosen]] = {}
        for rank, ((_, name, part), chance) in enumerate(zip(flagged, chances, strict=True), 1):
            by_part.setdefault(part, {})[name] = Chosen(rank, round(float(chance), 4))
        tasks = [Task(part, of_part) for part, of_part in sorted(by_part.items())]
        progress = Progress(self.err, "telling flagged patients", "patients", len(flagged))
        self._carry_out(TELL, TellJob(self.setting), tasks, progress)
        return len(flagged)

    def flagged_rows(self) -> Iterator[tuple[str, PatientRows]]:
        """The flagged patients with their rows of the archive, by the names that they have in the results."""
        spool, names = Spool(self.layout.spool, self.setting.parts), Pseudonyms.kept(self.layout.key)
        for stage, part in sorted(self.ledger.done):
            if stage != TELL:
                continue
            links = self.layout.link(part).read_text(encoding="utf-8").splitlines()
            flagged = {json.loads(line)["patient"] for line in links}
            yield from ((name, rows) for rows in spool.patients(part) if (name := names.of(rows.patient)) in flagged)

    def set_aside(self) -> Iterator[SetAside]:
        """All that was not taken, with its place in the archive and the reason."""
        with self.layout.gather_aside.open(encoding="utf-8") as lines:
            yield from (SetAside(**json.loads(line)) for line in lines)
        for part in Spool(self.layout.spool, self.setting.parts).filled_parts():
            yield from (SetAside(origin, reason) for origin, reason in self._beside(part)["set_aside"])

    def _scores(self) -> Iterator[tuple[int, float, str]]:
        for part in Spool(self.layout.spool, self.setting.parts).filled_parts():
            scores = json.loads(self.layout.scores(part).read_bytes())
            yield from ((part, score, name) for score, name in scores)

    def _beside(self, part: int) -> dict[str, Any]:
        beside: dict[str, Any] = json.loads(self.layout.beside(part).read_bytes())
        return beside

    def _carry_out(self, stage: str, job: Job, tasks: list[Task], progress: Progress) -> None:
        """Do what the ledger does not know as done, and write down each part as it is done."""
        todo = [task for task in tasks if not self.ledger.is_done(stage, task.number, self.layout.work)]
        done = {task.number for task in tasks} - {task.number for task in todo}
        progress.begin(sum(self._size(stage, self.ledger.done[stage, part]) for part in done))
        tasks = [
            Task(task.number, task.argument, tuple(self.ledger.skipped.get(task.number, {}).items())) for task in todo
        ]
        if tasks:
            crew = self.hands.hire()
            supervisor = Supervisor(crew, job, min(self.hands.workers, len(tasks)), self.layout.places, self.hands.slow)
            for event in supervisor.carry_out(tasks):
                if isinstance(event, Poisoned):
                    self.ledger.skip(event.task, event.item, event.reason)
                elif isinstance(event.answer, PartDone):
                    self.ledger.add(stage, event.answer)
                    progress.add(self._size(stage, event.answer))
        progress.end()

    def _size(self, stage: str, done: PartDone) -> int:
        return done.notes if stage == SCREEN else done.patients


def _tell(out: IO[bytes], aside: SetAside) -> None:
    out.write(json.dumps(asdict(aside), ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")

"""What a worker does with tasks, wherever it lives."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from ontology.errors import PhenomapError
from screening.engine.job import Doing, Failed, Job, PlaceFile, Task

_FULL = (errno.ENOSPC, errno.EDQUOT)
_AGAIN = "then go on with --resume."


@dataclass(slots=True)
class Working:
    """Opens the job with the first task; an error of any kind becomes an answer without a word of what was read."""

    job: Job
    place: PlaceFile
    _doing: Doing | None = None

    def do(self, task: Task) -> object:
        """The answer to `task`, or Failed."""
        try:
            self.place.note(task.number, -1, task.careful)
            if self._doing is None:
                self._doing = self.job.open()
            return self._doing(task, lambda item: self.place.note(task.number, item, task.careful))
        except PhenomapError as error:
            return Failed(error.what, error.mend)
        except OSError as error:
            return failed(error)
        except Exception as error:  # a fault of ours: its message may hold words of a note, its place does not
            return Failed(f"{type(error).__name__} at {_place(error)}.", f"Report it; mend it, {_AGAIN}")


def failed(error: OSError) -> Failed:
    """A fault of the disk in words; the name of the file is ours, and told."""
    name = error.filename if isinstance(error.filename, str) else "A file of the run"
    if error.errno in _FULL:
        return Failed(f"{name}: the disk is full.", f"Make room, {_AGAIN}")
    why = error.strerror or type(error).__name__
    return Failed(f"{name}: {why}.", f"Check the path, its permissions and the disk, {_AGAIN}")


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"

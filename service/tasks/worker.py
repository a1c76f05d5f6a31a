"""Reads and ranks, behind the people who wait, the cases that hospital systems have sent."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection, select

from service.actors import Actor
from service.cases.assessing import assess_case
from service.cases.desk import Desk, WithoutConsent
from service.faces.reading import Faces
from service.identity.accounts import memberships
from service.identity.roles import Kind, actor_with
from service.keeping import Keeping
from service.knowing import Knowing
from service.models.stored import StoredAssessInput
from service.problems import ProblemError
from service.settings import Settings
from service.shift.counting import Heard
from service.store.database import StoreError
from service.store.tables import account
from service.tasks import line
from service.tasks.callbacks import tell
from service.tasks.line import Claimed
from service.translate import Translator

_LOG = logging.getLogger("phenomap.service")
#: Seconds between two looks at an empty line.
_EVERY = 0.5
#: Linux has a niceness for each thread: behind those that answer people.
_NICE = 10
#: What a problem's status says of trying again, and the word for it.
_LATER = {409: "changed meanwhile", 503: "busy"}
_NEVER = {403: "not allowed", 404: "no such case", 410: "erased", 422: "nothing to read"}


class Worker:
    """One thread over the line of tasks; `translator` speaks the language that reports are kept in.

    `heard` is told of the notes that are read.
    """

    def __init__(
        self,
        keeping: Keeping,
        settings: Settings,
        knowing: Knowing,
        translator: Translator,
        faces: Faces,
        heard: Heard | None = None,
    ) -> None:
        self._keeping, self._rules = keeping, settings.cases
        self._callbacks = frozenset(url for ehr in settings.ehr for url in ehr.callbacks)
        self._knowing, self._translator, self._faces = knowing, translator, faces
        self._heard = heard
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="tasks", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End with the task that is under way; one that takes longer is put back when another process finds it."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def step(self) -> bool:
        """Do the next task, if any is due; whether there was one."""
        database = self._keeping.database
        claimed = database.write(line.claim)
        if claimed is None:
            return False
        ending = self._ending(claimed)
        database.write(ending)
        return True

    def call(self) -> bool:
        """Tell one system of a task of its that has ended, if any is to be told; whether there was one."""
        database = self._keeping.database
        row = database.write(line.untold)
        if row is None:
            return False
        heard = tell(row, self._callbacks)
        database.write(lambda connection: line.called(connection, row, heard))
        return True

    def _work(self) -> None:
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        while not self._stopping.is_set():
            try:
                self._keeping.database.write(line.requeue_lost)
                while not self._stopping.is_set() and (self.step() or self.call()):
                    pass
            except Exception as error:  # the store is away: it is asked again, and its words may hold a patient's
                _LOG.error("tasks: %s", type(error).__name__)
            self._stopping.wait(_EVERY)

    def _ending(self, claimed: Claimed) -> Callable[[Connection], None]:
        """Read and rank the case, and what is then to be written of its task."""
        try:
            actor = self._keeping.database.read(lambda connection: _actor(connection, claimed.account))
            desk = Desk(actor, self._keeping, self._rules)
            by = (self._knowing, self._translator, self._faces)
            made = assess_case(desk, *by, claimed.case, StoredAssessInput(), self._heard)
        except WithoutConsent:
            return lambda connection: line.failed(connection, claimed, "no consent")
        except ProblemError as problem:
            later = _LATER.get(problem.status)
            word = later or _NEVER.get(problem.status, "refused")
            return lambda connection: (line.again if later else line.failed)(connection, claimed, word)
        except StoreError:
            return lambda connection: line.again(connection, claimed, "busy")
        except Exception as error:
            _LOG.error("task %s: %s", claimed.id, type(error).__name__)
            return lambda connection: line.again(connection, claimed, "internal")
        return lambda connection: line.done(connection, claimed, made.added[0])


def _actor(connection: Connection, account_id: str) -> Actor:
    """The account that sent the case, with the roles it has now; none where it is active no more."""
    found = select(account.c.kind).where(account.c.id == account_id, account.c.active)
    kind = connection.execute(found).scalar()
    held = memberships(connection, account_id) if kind is not None else []
    return actor_with(account_id, held, person=kind == Kind.PERSON.value)

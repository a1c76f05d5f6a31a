"""Work runs beside the event loop, bounded."""

from __future__ import annotations

import asyncio
import threading
import time

import httpx
import pytest

from service.app import Limits, create_app
from service.lane import Lane
from service.problems import ProblemError


def test_a_full_line_is_refused_and_opens_again():
    gate = threading.Event()

    async def scene() -> None:
        lane = Lane(workers=1, waiting=1)
        held = [asyncio.create_task(lane.run(gate.wait)) for _ in range(2)]
        await asyncio.sleep(0.02)
        with pytest.raises(ProblemError) as refused:
            await lane.run(gate.wait)
        assert refused.value.status == 503
        assert refused.value.headers["Retry-After"]
        gate.set()
        assert await asyncio.gather(*held) == [True, True]
        assert await lane.run(lambda: "free again") == "free again"
        lane.close()

    asyncio.run(scene())


def test_an_exception_frees_its_place():
    async def scene() -> None:
        lane = Lane(workers=1, waiting=0)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await lane.run(lambda: 1 // 0)
        lane.close()

    asyncio.run(scene())


def test_a_caller_that_leaves_holds_its_place_until_the_work_ends():
    gate = threading.Event()

    async def scene() -> None:
        lane = Lane(workers=1, waiting=0)
        task = asyncio.create_task(lane.run(gate.wait))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(ProblemError):
            await lane.run(int)
        gate.set()
        for _ in range(100):
            await asyncio.sleep(0.01)
            try:
                assert await lane.run(int) == 0
                break
            except ProblemError:
                continue
        else:
            pytest.fail("the place was never freed")
        lane.close()

    asyncio.run(scene())


class Slow:
    """An Assessor whose reading waits at a gate."""

    def __init__(self, assessor, gate):
        self.knowledge = assessor.knowledge
        self._assessor = assessor
        self._gate = gate

    def read(self, note, patient=None):
        self._gate.wait(10)
        return self._assessor.read(note)


def test_while_notes_are_read_the_service_answers_and_too_many_are_told_to_come_back(assessor, problem):
    gate = threading.Event()
    app = create_app(Slow(assessor, gate), limits=Limits(working=1, waiting=1))

    async def scene() -> None:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            read = {"text": "Scoliosis.", "language": "en"}
            held = [asyncio.create_task(client.post("/api/v1/extract", json=read)) for _ in range(2)]
            await asyncio.sleep(0.1)
            before = time.perf_counter()
            assert (await client.get("/livez")).status_code == 200
            assert time.perf_counter() - before < 1
            busy = await client.post("/api/v1/extract", json=read)
            problem(busy, 503)
            assert busy.headers["retry-after"] == "1"
            gate.set()
            assert [answer.status_code for answer in await asyncio.gather(*held)] == [200, 200]

    asyncio.run(scene())

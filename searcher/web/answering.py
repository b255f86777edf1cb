"""Answers, made in threads, in a bounded time, and remembered as long as the index stays as it is."""

from __future__ import annotations

import asyncio
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from searcher.app.current import LOOK_S, CurrentArchive, State
from searcher.app.search import Archive
from searcher.errors import SearcherError

_THREADS = max(2, os.cpu_count() or 2)
_COSTLY_THREADS = 1
_MOST_BEING_MADE = 512
_REMEMBERED_BYTES = 64_000_000
_GRACE_S = 1.0  # for which, after the index changed, what was remembered is still given while it is made anew


class BusyError(SearcherError):
    """Too much is being asked at once, or one thing takes too long."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to who asked."""

    body: bytes
    media_type: str
    links: tuple[tuple[str, str], ...] = ()  # relation and address: of the next page, for example
    generation: str = ""  # of the index that it was made from


_Make = Callable[[Archive], Answer]


class Answerer:
    """Makes answers, and remembers them.

    What may take long has a thread of its own, so that others are answered meanwhile. An answer that is not there in
    time is given up; its thread cannot be stopped, and goes on until it has it. Who asks what is being made waits for
    the same answer.
    """

    def __init__(self, current: CurrentArchive, *, timeout_s: float) -> None:
        """Answer from this archive; at most `timeout_s` for one answer, waiting included."""
        self._current = current
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(_THREADS, "answer")
        self._costly_threads = ThreadPoolExecutor(_COSTLY_THREADS, "costly-answer")
        self._being_made: dict[tuple[str, Hashable], asyncio.Task[Answer]] = {}
        self._remembered: OrderedDict[Hashable, Answer] = OrderedDict()
        self._remembered_bytes = 0
        self._later: OrderedDict[Hashable, Callable[[], asyncio.Task[Answer]]] = OrderedDict()
        self._making_later: asyncio.Task[None] | None = None
        self._before = self._generation = ""
        self._changed = 0.0

    def state(self) -> State:
        """The newest state of the archive, as of the last look."""
        state = self._current.last
        if state.generation != self._generation:
            self._before, self._generation, self._changed = self._generation, state.generation, time.monotonic()
        return state

    async def answer(self, state: State, key: Hashable, make: _Make, *, is_costly: bool = False) -> Answer:
        """The answer that has this key, made or remembered; from this state, or just after it came the one before.

        Raises what `make` raises, and BusyError if there is no answer in time.
        """
        remembered = self._remembered.get(key)
        if remembered and remembered.generation == state.generation:
            self._remembered.move_to_end(key)
            return remembered
        if remembered and remembered.generation == self._before and time.monotonic() < self._changed + _GRACE_S:
            self._make_later(state, key, make, is_costly)
            return remembered
        try:
            return await asyncio.shield(self._making(state, key, make, is_costly))
        except TimeoutError:
            raise BusyError(f"no answer within {self._timeout_s:g} s; ask for something simpler") from None

    async def look(self) -> None:
        """Look whether the index has changed, again and again; never returns."""
        while True:
            await asyncio.to_thread(self._current.now)
            await asyncio.sleep(LOOK_S)

    def close(self) -> None:
        """Take no more work."""
        for threads in (self._threads, self._costly_threads):
            threads.shutdown(wait=False, cancel_futures=True)

    def _make_later(self, state: State, key: Hashable, make: _Make, is_costly: bool) -> None:
        """Have an answer made when its turn comes, one at a time: who asks something new does not wait for these."""
        self._later[key] = partial(self._making, state, key, make, is_costly)
        if self._making_later is None or self._making_later.done():
            self._making_later = asyncio.create_task(self._make_all_later())

    async def _make_all_later(self) -> None:
        while self._later:
            _, begin = self._later.popitem(last=False)
            with suppress(SearcherError, TimeoutError):
                await begin()

    def _making(self, state: State, key: Hashable, make: _Make, is_costly: bool) -> asyncio.Task[Answer]:
        self._later.pop(key, None)
        own = (state.generation, key)
        if own not in self._being_made:
            if len(self._being_made) >= _MOST_BEING_MADE:
                raise BusyError("too much is being asked at once; ask again in a moment")
            task = asyncio.create_task(self._make(state, key, make, is_costly))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())  # which nobody may wait for
            self._being_made[own] = task
        return self._being_made[own]

    async def _make(self, state: State, key: Hashable, make: _Make, is_costly: bool) -> Answer:
        """An answer, made. Raises TimeoutError if it is not there in time."""
        threads = self._costly_threads if is_costly else self._threads
        try:
            future = asyncio.get_running_loop().run_in_executor(threads, make, state.archive)
            answer = replace(await asyncio.wait_for(future, self._timeout_s), generation=state.generation)
        finally:
            del self._being_made[state.generation, key]
        self._remember(key, answer)
        return answer

    def _remember(self, key: Hashable, answer: Answer) -> None:
        if before := self._remembered.pop(key, None):
            self._remembered_bytes -= len(before.body)
        self._remembered[key] = answer
        self._remembered_bytes += len(answer.body)
        while self._remembered_bytes > _REMEMBERED_BYTES:
            _, oldest = self._remembered.popitem(last=False)
            self._remembered_bytes -= len(oldest.body)

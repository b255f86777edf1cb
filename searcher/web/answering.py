"""Answers, made in threads, in a bounded time, and remembered as long as the index stays as it is."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from searcher.app.current import CurrentArchive, State
from searcher.app.search import Archive
from searcher.errors import SearcherError

_THREADS = 4
_COSTLY_THREADS = 1
_MOST_WAITING = 512
_REMEMBERED_BYTES = 64_000_000


class BusyError(SearcherError):
    """Too much is being asked at once, or one thing takes too long."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to who asked."""

    body: bytes
    media_type: str
    status: int = 200
    links: tuple[tuple[str, str], ...] = ()  # relation and address: of the next page, for example


class Answerer:
    """Makes answers, and remembers them.

    What may take long has a thread of its own, so that others are answered meanwhile. An answer that is not there in
    time is given up; its thread cannot be stopped, and goes on until it has it.
    """

    def __init__(self, current: CurrentArchive, *, timeout_s: float) -> None:
        """Answer from this archive; at most `timeout_s` for one answer, waiting included."""
        self._current = current
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(_THREADS, "answer")
        self._costly_threads = ThreadPoolExecutor(_COSTLY_THREADS, "costly-answer")
        self._waiting = 0
        self._remembered: OrderedDict[Hashable, Answer] = OrderedDict()
        self._remembered_bytes = 0
        self._generation = ""

    def state(self) -> State:
        """The newest state of the archive."""
        return self._current.now()

    async def answer(
        self, state: State, key: Hashable, make: Callable[[Archive], Answer], *, is_costly: bool = False
    ) -> Answer:
        """The answer that has this key, made or remembered.

        Raises what `make` raises, and BusyError if there is no answer in time.
        """
        self._forget_unless(state.generation)
        if answer := self._remembered.get(key):
            self._remembered.move_to_end(key)
            return answer
        if self._waiting >= _MOST_WAITING:
            raise BusyError("too much is being asked at once; ask again in a moment")
        threads = self._costly_threads if is_costly else self._threads
        self._waiting += 1
        future = asyncio.get_running_loop().run_in_executor(threads, make, state.archive)
        try:
            answer = await asyncio.wait_for(future, self._timeout_s)
        except TimeoutError:
            raise BusyError(f"no answer within {self._timeout_s:g} s; ask for something simpler") from None
        finally:
            self._waiting -= 1
        if state.generation == self._generation:
            self._remember(key, answer)
        return answer

    def close(self) -> None:
        """Take no more work."""
        for threads in (self._threads, self._costly_threads):
            threads.shutdown(wait=False, cancel_futures=True)

    def _forget_unless(self, generation: str) -> None:
        if generation != self._generation:
            self._generation = generation
            self._remembered.clear()
            self._remembered_bytes = 0

    def _remember(self, key: Hashable, answer: Answer) -> None:
        if key in self._remembered:
            return
        self._remembered[key] = answer
        self._remembered_bytes += len(answer.body)
        while self._remembered_bytes > _REMEMBERED_BYTES:
            _, oldest = self._remembered.popitem(last=False)
            self._remembered_bytes -= len(oldest.body)

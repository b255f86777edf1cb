"""The archive in its newest state, for a process that stays while others index."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock

from searcher.app.search import Archive
from searcher.config import Config
from searcher.engine import generation
from searcher.errors import SearcherError

LOOK_S = 0.1  # how long a state is taken for the newest without a look


@dataclass(frozen=True, slots=True)
class State:
    """An archive as it was at some time."""

    archive: Archive
    generation: str  # what tells it from all states before


class CurrentArchive:
    """Gives the newest state of an archive; for use from any thread.

    Who holds a state goes on with it undisturbed. While a newer one cannot be opened, because it is being made anew or
    is damaged, the last one stays.
    """

    def __init__(self, config: Config) -> None:
        """Open the index. Raises NoIndexError if there is none, UnusableIndexError if it cannot be read."""
        self._config = config
        self._opening = Lock()
        self._state = self._open()
        self._looked = time.monotonic()

    @property
    def last(self) -> State:
        """The state that was the newest at the last look."""
        return self._state

    def now(self) -> State:
        """The newest state that can be had. Looks, which a cluster that does not answer makes last seconds."""
        if time.monotonic() > self._looked + LOOK_S and self._opening.acquire(blocking=False):
            try:
                if generation(*self._config.place) not in ("", self._state.generation):
                    self._state = self._open()
            except SearcherError:
                pass  # the next look may find it whole
            finally:
                self._looked = time.monotonic()
                self._opening.release()
        return self._state

    def _open(self) -> State:
        before = generation(*self._config.place)  # older, if anything, than what is opened
        return State(Archive(self._config), before)

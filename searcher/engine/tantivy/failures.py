"""What goes wrong in Tantivy, in words: the machine is short of something, or the index is damaged."""

from __future__ import annotations

import re

from searcher.errors import SHORTAGES, SearcherError, UnusableIndexError

_LOCKFILE = "Failed to acquire Lockfile"  # how Tantivy says that it may not write, which readers must
_SHORTAGE = re.compile(rf"\b(?:os error|code:) (?:{'|'.join(map(str, SHORTAGES))})\b")
_SYSTEM_MESSAGE = re.compile(r'message: "([^"]*)"')
_PANIC = "PanicException"  # Rust gave up; pyo3 makes the class, which is no Exception and cannot be imported


class Telling:
    """Puts in words what Tantivy meets inside.

    Raises UnusableIndexError with this trouble and remedy; SearcherError where the machine is at its limits or Tantivy
    may not write its lock, for then nothing is wrong with the index.
    """

    def __init__(
        self, index: str, trouble: str = "is damaged", remedy: str = "rebuild with searcher index --full"
    ) -> None:
        """Call the index by this name."""
        self._index, self._trouble, self._remedy = index, trouble, remedy

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, *_: object) -> None:
        if kind and (issubclass(kind, ValueError | OSError) or kind.__name__ == _PANIC):
            raise self._told(str(error)) from error

    def _told(self, said: str) -> SearcherError:
        found = _SYSTEM_MESSAGE.search(said)
        reason = found[1] if found else said
        if _SHORTAGE.search(said):
            return SearcherError(
                f"{self._index} cannot be used now: {reason}; try again when the machine has memory and threads to give"
            )
        if _LOCKFILE in said:
            return SearcherError(
                f"{self._index} cannot be opened: {reason}; "
                "Tantivy must be able to write there, the engine whoosh need not"
            )
        return UnusableIndexError(f"{self._index} {self._trouble} ({said}); {self._remedy}")

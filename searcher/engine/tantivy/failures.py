"""What goes wrong in Tantivy, in words: the machine is short of something, or the index is damaged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from searcher.errors import SearcherError, UnusableIndexError

_LOCKFILE = "Failed to acquire Lockfile"  # how Tantivy says that it may not write, which readers must
_SHORTAGE = re.compile(r"\b(?:os error|code:) (?:11|12|23|24)\b")  # EAGAIN, ENOMEM, ENFILE, EMFILE
_SYSTEM_MESSAGE = re.compile(r'message: "([^"]*)"')


@contextmanager
def telling(
    index: str, trouble: str = "is damaged", remedy: str = "rebuild with searcher index --full"
) -> Iterator[None]:
    """Tell of what Tantivy meets inside.

    Raises UnusableIndexError with this trouble and remedy; SearcherError where the machine is at its limits or Tantivy
    may not write its lock, for then nothing is wrong with the index.
    """
    try:
        yield
    except BaseException as error:  # a panic of Rust's is no Exception
        if not (isinstance(error, ValueError | OSError) or _is_panic(error)):
            raise
        found = _SYSTEM_MESSAGE.search(str(error))
        reason = found[1] if found else str(error)
        if _SHORTAGE.search(str(error)):
            raise SearcherError(
                f"{index} cannot be used now: {reason}; try again when the machine has memory and threads to give"
            ) from error
        if _LOCKFILE in str(error):
            raise SearcherError(
                f"{index} cannot be opened: {reason}; Tantivy must be able to write there, the engine whoosh need not"
            ) from error
        raise UnusableIndexError(f"{index} {trouble} ({error}); {remedy}") from error


def _is_panic(error: BaseException) -> bool:
    """Whether Rust gave up; its exception cannot be imported."""
    return type(error).__name__ == "PanicException"

"""How does a file come to be on the disk, whole, whatever happens meanwhile?

A file that was renamed is found under its new name after a loss of power only once its folder was synced (fsync(2)).
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def replace_file(path: Path, content: bytes, draft: Path) -> None:
    """Put a file in place, durable on return; who looks meanwhile, or after a crash, finds what was there or all of it.

    It is made as `draft`, in the same folder, which is gone in the end. What else has a name in the folder is durable
    before it is in place. Raises OSError, and then what was there still is.
    """
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """See to it that the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

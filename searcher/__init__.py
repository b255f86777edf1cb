"""Full-text search over archives of daily paper listings."""

import sys
from types import ModuleType

__version__ = "0.1.0"


def _import_whoosh_lean() -> None:
    """Import whoosh.compat without urllib.request, which it imports for one name that nobody calls.

    With urllib.request come http, email and ssl; without them `search` starts 60 ms sooner (bench/cold.py).
    """
    if "urllib.request" in sys.modules:
        return
    stand_in = ModuleType("urllib.request")
    stand_in.urlretrieve = None  # type: ignore[attr-defined]
    sys.modules["urllib.request"] = stand_in
    try:
        import whoosh.compat  # noqa: F401
    finally:
        del sys.modules["urllib.request"]


_import_whoosh_lean()

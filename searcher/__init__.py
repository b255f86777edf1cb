"""Full-text search over archives of daily paper listings.

from searcher import open_archive

for hit in open_archive().search("diffusion super-resolution", categories="eess.IV"):
print(hit.paper.title)
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from searcher.app.search import Archive
    from searcher.config import Config

__all__ = ["__version__", "open_archive"]
__version__ = "0.1.0"

_UNUSED = {"urllib.request": "urlretrieve", "whoosh.lang.morph_en": "variations"}


def open_archive(config: Config | Path | str | None = None) -> Archive:
    """Open an index to be searched.

    Which one a config.yaml says, or settings in its place; without either the one that `search` would use. Raises
    ConfigError for settings that cannot be followed, NoIndexError if there is no index, UnusableIndexError if it
    cannot be read.
    """
    import os

    from searcher.app.search import Archive
    from searcher.config import Config, load_config

    if not isinstance(config, Config):
        config = load_config(None if config is None else Path(config), os.environ)
    return Archive(config)


def _import_whoosh_lean() -> None:
    """Import whoosh.query without the modules that Whoosh imports for one name which nobody here calls.

    With urllib.request come http, email and ssl; without them `search` starts some 60 ms sooner.
    """
    stand_ins = {name: ModuleType(name) for name in _UNUSED if name not in sys.modules}
    for name, stand_in in stand_ins.items():
        setattr(stand_in, _UNUSED[name], None)
    sys.modules.update(stand_ins)
    try:
        import whoosh.query  # noqa: F401
    finally:
        for name in stand_ins:
            del sys.modules[name]


_import_whoosh_lean()

"""Full-text search over archives of daily paper listings."""

import sys
from types import ModuleType

__version__ = "0.1.0"

_UNUSED = {"urllib.request": "urlretrieve", "whoosh.lang.morph_en": "variations"}


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

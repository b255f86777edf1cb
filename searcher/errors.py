"""The errors a user can act on.

SearcherError
├── ConfigError         config.yaml, the environment or a flag says something we cannot follow
├── ListingError        a listing file or folder cannot be read at all
├── QueryError          a query or filter that has no meaning
├── NoIndexError        nothing has been indexed yet
├── UnusableIndexError  the index is of another version, or damaged
├── ClusterError        the OpenSearch cluster is not there, not whole, or refuses
├── LockedError         another `searcher index` is running
└── MissingPackageError an optional part was asked for that is not installed
"""

from __future__ import annotations

import errno
from dataclasses import dataclass

SHORTAGES = (errno.EAGAIN, errno.ENOMEM, errno.ENFILE, errno.EMFILE)
"""What the system says when it has no thread, memory or file to give; nothing is wrong then with what was asked for."""


class SearcherError(Exception):
    """Base of all: its text is one line that says what happened and what to do."""


class ConfigError(SearcherError):
    """The configuration cannot be followed."""


class ListingError(SearcherError):
    """A listing file or folder cannot be read."""


class QueryError(SearcherError):
    """A query or a filter has no meaning."""


class UnusableIndexError(SearcherError):
    """The index is of another version, or damaged; a rebuild mends it."""


class NoIndexError(SearcherError):
    """There is no index yet."""


class ClusterError(SearcherError):
    """The OpenSearch cluster is not there, not whole, of a version that we cannot use, or refuses."""


class LockedError(SearcherError):
    """Another process is writing the index."""


class FetchError(SearcherError):
    """arXiv does not give what was asked for."""


class MissingPackageError(SearcherError):
    """What was asked for needs a package that is not installed."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a listing file that could not be understood: no reason to stop, but to be told."""

    file: str
    line: int  # 1-based
    message: str

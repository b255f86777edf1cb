"""What the peers index: the records of listing files, by our parser. Run alone, count them.

Usage: records.py LISTINGS
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from searcher.listing import find_listings, read_listing
from searcher.paper import Paper


def papers(folder: Path) -> Iterator[Paper]:
    """Every paper of every file."""
    for path in sorted(find_listings(folder)):
        for item in read_listing(Path(path), path):
            if isinstance(item, Paper):
                yield item


if __name__ == "__main__":
    print(sum(1 for _ in papers(Path(sys.argv[1]))))

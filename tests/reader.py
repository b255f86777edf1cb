"""A reader in a process of its own: opens the index, searches, checks that the answer is of one state, again and again.

Usage: reader.py INDEX ENGINE PAPERS; ends when the file INDEX/stop is there, and prints how many answers it had.
"""

from __future__ import annotations

import sys
from pathlib import Path

from searcher import open_archive
from searcher.app.search import Archive
from searcher.config import Config


def state_of(archive: Archive, papers: int) -> int:
    """The one state that all answers of an archive are of. Raises AssertionError if there is no such thing."""
    everything = archive.search("*", limit=papers, facets=("category", "year"))
    states = {hit.paper.version for hit in everything}
    assert everything.total == papers, f"{everything.total} papers of {papers}"
    assert len(states) == 1, f"papers of the states {sorted(states)} in one answer"
    (state,) = states
    relaxed = archive.search(f"state{state} robust missing", limit=papers)  # asks the engine several times
    assert relaxed.total == papers, f"{relaxed.total} papers of state {state}, and there are {papers}"
    assert {hit.paper.version for hit in relaxed} == {state}
    assert archive.search(f'"state{state + 1}"').total == 0
    return state


def main() -> None:
    """Read until there is a sign to stop."""
    index, papers = Path(sys.argv[1]), int(sys.argv[3])
    config = Config(file=None, index=index, engine=sys.argv[2])
    answers, last = 1, state_of(open_archive(config), papers)
    print("reading", flush=True)
    while not (index / "stop").exists():
        state = state_of(open_archive(config), papers)
        assert state >= last, f"state {state} after {last}"
        answers, last = answers + 1, state
    print(answers, last)


if __name__ == "__main__":
    main()

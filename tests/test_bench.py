"""What the benchmarks say of their results."""

from __future__ import annotations

from bench.comparing import find_worse

REPORT = """\
## Engine `tantivy`

| what | measured | bar | ratio to peer | ok? |
| --- | --- | --- | --- | --- |
| full build | {build} s |  | {ratio} | yes |
| size of 263 MB | 263 MB |  |  |  |
| one new day (142 papers) | 0.4 s |  | 1.00 |  |

## Engine `whoosh`

| full build | 60 s | ≤ 1/3 | 0.12 | yes |
"""


def test_a_ratio_that_rose_by_more_than_noise_is_worse() -> None:
    last, now = REPORT.format(build=10, ratio="0.80"), REPORT.format(build=10, ratio="1.20")
    assert find_worse(last, now) == ["tantivy: full build: 0.8 -> 1.2 times the peer"]


def test_a_time_that_rose_is_another_machine_and_a_small_change_noise() -> None:
    last, now = REPORT.format(build=10, ratio="0.80"), REPORT.format(build=30, ratio="0.85")
    assert find_worse(last, now) == []


def test_a_row_that_the_last_report_had_not_is_no_worse() -> None:
    assert find_worse("", REPORT.format(build=10, ratio="0.80")) == []

"""How the commands behave in a shell: exit codes, Ctrl-C, colours, closed pipes, narrow terminals, other encodings."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest
from commands import INSTALLED, Outcome, Shell
from listings import HEADER, record

CODES = {
    "search diffusion": 0,
    "search nosuchword": 1,
    "search": 2,
    "search x --sort newst": 2,
    "search x --nonsense": 2,
    "search x --from 2024-13": 2,
    "search x --config missing.yaml": 2,
    "searcher": 0,
    "searcher --version": 0,
    "searcher nonsense": 2,
    "searcher show 2403.90302": 0,
    "searcher show 2403.90302 2403.99999": 1,
    "searcher show": 2,
    "searcher similar 2403.90147": 0,
    "searcher similar 2403.99999": 1,
    "searcher similar": 2,
    "searcher facets": 0,
    "searcher facets nosuchword": 1,
    "searcher facets --by nonsense": 2,
    "searcher trends diffusion": 0,
    "searcher trends nosuchword": 1,
    "searcher trends": 2,
    "searcher stats": 0,
    "searcher saved": 0,
    "searcher saved list": 0,
    "searcher saved run mri": 0,
    "searcher saved run none": 1,
    "searcher saved run nonsense": 2,
    "searcher digest --dry-run --since 2024": 0,
    "searcher digest --dry-run --since 2030": 1,
    "searcher digest --since nonsense": 2,
    "searcher completion bash": 0,
    "searcher completion nonsense": 2,
}
SAVED = "searches: {mri: {query: mri}, none: {query: nosuchword}}\n"


@pytest.fixture
def archive(library: Shell) -> Shell:
    library.write("config.yaml", SAVED)
    return library


@pytest.mark.parametrize("examples", ["tantivy"], indirect=True)
def test_exit_codes(archive: Shell) -> None:
    """All by the installed commands."""
    ran = {line: archive.bash(line) for line in CODES}
    assert {line: outcome.code for line, outcome in ran.items()} == CODES
    for line, outcome in ran.items():
        if outcome.code == 2:
            assert (outcome.out, outcome.err.count("\n")) == ("", 1), line


@pytest.mark.parametrize(
    "command", ["search x", "searcher show 1", "searcher similar 1", "searcher facets", "searcher stats"]
)
def test_without_an_index_the_exit_code_is_2(shell: Shell, command: str) -> None:
    assert shell.bash(command) == Outcome(
        2, "", f"{command.split()[0]}: there is no index yet; make one with: searcher index FOLDER\n"
    )


def test_index_exits_with_1_where_a_record_could_not_be_read(shell: Shell) -> None:
    shell.write("listings/a.md", HEADER + record("Good") + "### Cut off\n")
    assert shell.bash("searcher index listings").code == 1
    assert shell.bash("searcher index listings").code == 0
    assert shell.bash("searcher index missing").code == 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("search x --sort newst", "search: --sort: no 'newst'; did you mean newest?; see search --help"),
        ("search x --sort q", "search: --sort: no 'q'; there are: relevance, newest, oldest; see search --help"),
        ("search x --fromat csv", "search: no option --fromat; did you mean --format?; see search --help"),
        ("search x --qqqqqq", "search: no option --qqqqqq; see search --help"),
        ("searcher inde", "searcher: no command inde; did you mean index?; see searcher --help"),
        ("searcher qqq", "searcher: no command qqq; see searcher --help"),
        ("search x --facet yaer", "search: there is no facet 'yaer'; did you mean year?"),
        ("search x --cat eess.VI", "search: arXiv has no category 'eess.VI'; did you mean eess.IV?"),
        ("searcher saved run mrri", "searcher: there is no saved search 'mrri'; did you mean 'mri'?"),
    ],
)
@pytest.mark.parametrize("examples", ["tantivy"], indirect=True)
def test_a_wrong_name_is_answered_with_the_nearest(archive: Shell, line: str, message: str) -> None:
    assert message in archive(line).err.splitlines()


def interrupted(arguments: list[str], after_s: float) -> tuple[int, str, str]:
    """What a command did that gets Ctrl-C some time after its start."""
    process = subprocess.Popen([INSTALLED / arguments[0], *arguments[1:]], stdout=-1, stderr=-1, text=True)
    time.sleep(after_s)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_ctrl_c_ends_a_run_that_indexes_and_leaves_the_index_as_it_was(shell: Shell) -> None:
    shell.write("config.yaml", "listings: [listings]\n")
    shell.write("listings/a.md", HEADER + record("Old", arxiv_id="http://arxiv.org/abs/2312.00001v1"))
    assert shell.bash("searcher index").code == 0
    for n in range(40):
        records = (
            record(f"New {n} {m}", arxiv_id=f"http://arxiv.org/abs/24{n % 12 + 1:02}.{n * 400 + m:05}v1")
            for m in range(400)
        )
        shell.write(f"listings/{n}.md", HEADER + "".join(records))
    seen = {interrupted(["searcher", "index", "--full"], after_s) for after_s in (0.3, 0.5, 0.7)}
    assert {code for code, _, _ in seen} <= {130, 0}
    assert 130 in {code for code, _, _ in seen}
    assert {err for _, _, err in seen} == {""}
    assert shell.bash("searcher index").code == 0
    assert shell.bash("searcher stats").out.startswith("16,001 papers")


@pytest.mark.parametrize("after_s", [0.06, 0.1, 0.15])
@pytest.mark.parametrize("examples", ["tantivy"], indirect=True)
def test_ctrl_c_is_no_traceback(archive: Shell, after_s: float) -> None:
    """At the keyboard: sooner than this, Python itself has not started."""
    del archive
    code, _, err = interrupted(["search", "*", "-n", "10000"], after_s)
    assert (code, "Traceback" in err and "searcher/cli" in err) in (
        (130, False),
        (0, False),
        (-signal.SIGINT, False),
        (1, False),
    )


COLORED = "\x1b["
COLOURS = [
    # environment, in a terminal, in a pipe
    ({}, True, False),
    ({"NO_COLOR": "1"}, False, False),
    ({"NO_COLOR": ""}, True, False),
    ({"FORCE_COLOR": "1"}, True, True),
    ({"FORCE_COLOR": "0"}, True, False),
    ({"CLICOLOR_FORCE": "1"}, True, True),
    ({"CLICOLOR": "0"}, False, False),
    ({"CLICOLOR": "0", "FORCE_COLOR": "1"}, True, True),
    ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
    ({"TERM": "dumb"}, False, False),
    ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, True),
]


@pytest.mark.parametrize(("environment", "in_terminal", "in_pipe"), COLOURS)
@pytest.mark.parametrize("examples", ["tantivy"], indirect=True)
def test_colours_follow_the_environment(
    archive: Shell, environment: dict[str, str], in_terminal: bool, in_pipe: bool
) -> None:
    line = "search diffusion -n 1"
    assert (COLORED in archive.terminal(line, SEARCHER_PAGER="", **environment).out) == in_terminal
    archive.set(**environment)
    assert (COLORED in archive.bash(line).out) == in_pipe


@pytest.mark.parametrize(
    "line", ["search '*' -n 1000", "search '*' -n 1000 --format csv", "searcher facets", "searcher show 2403.90302"]
)
@pytest.mark.parametrize("examples", ["tantivy"], indirect=True)
def test_a_closed_pipe_is_no_error(archive: Shell, line: str) -> None:
    ran = archive.bash(f"set -o pipefail; {line} | head -n 1")
    assert (ran.code, ran.err, ran.out.count("\n")) == (0, "", 1)


@pytest.mark.parametrize("columns", ["1", "20", "33"])
@pytest.mark.parametrize(
    "line", ["search diffusion", "searcher show 2403.90302", "searcher facets", "searcher trends mri"]
)
@pytest.mark.parametrize("examples", ["tantivy"], indirect=True)
def test_a_narrow_terminal_is_no_error(archive: Shell, columns: str, line: str) -> None:
    ran = archive.terminal(line, COLUMNS=columns, SEARCHER_PAGER="")
    assert (ran.code, ran.err) == (0, "")
    assert "\n" in ran.out


@pytest.mark.parametrize("closing", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("line", ["search diffusion", "search nosuchword", "searcher facets", "search --nonsense"])
@pytest.mark.parametrize("examples", ["tantivy"], indirect=True)
def test_a_missing_terminal_is_no_error(archive: Shell, closing: str, line: str) -> None:
    code = {"search nosuchword": 1, "search --nonsense": 2}.get(line, 0)
    ran = archive.bash(f"{line} {closing}")
    assert ran.code == code
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "nonsense.UTF-8"},
    ],
    ids=["cp1252", "C", "POSIX", "nonsense"],
)
@pytest.mark.parametrize(
    "line", ["searcher show 2403.90302", "search diffusion --facet author", "search 'Tăbărescu' --format csv"]
)
@pytest.mark.parametrize("examples", ["tantivy"], indirect=True)
def test_what_an_encoding_lacks_is_a_question_mark(archive: Shell, environment: dict[str, str], line: str) -> None:
    expected = archive.bash(line)
    archive.set(**environment)
    run = subprocess.run(
        ["bash", "-c", line], capture_output=True, env={**os.environ, "PATH": f"{INSTALLED}:{os.environ['PATH']}"}
    )
    assert (run.returncode, b"Traceback" in run.stderr) == (expected.code, False)
    assert len(run.stdout.decode("cp1252", "replace").splitlines()) > 0

"""`searcher completion`: what bash, zsh and fish need to complete both commands; and what completes them.

To complete, a shell runs the command itself with the words so far, the unfinished one last, and `$_SEARCHER_COMPLETE`
set to its own name. It prints a value a line, with a tab before what there is to say of it; exit code 3 means files.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from searcher.cli.candidates import Candidates

VARIABLE = "_SEARCHER_COMPLETE"
_FILES = 3
_SCRIPTS = {
    "bash": """\
_searcher() {
    local out line value word="${COMP_WORDS[COMP_CWORD]}"
    out=$(_SEARCHER_COMPLETE=bash "$1" "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    if [ $? -eq 3 ]; then compopt -o default; COMPREPLY=(); return; fi
    COMPREPLY=()
    while IFS= read -r line; do
        value=${line%%$'\\t'*}
        case $value in "") continue;; esac
        case $word in [\\'\\"]*) ;; *) printf -v value %q "$value";; esac
        COMPREPLY+=("$value")
    done <<<"$out"
}
complete -F _searcher search searcher
""",
    "zsh": """\
_searcher() {
    local out line
    local -a values shown
    out=$(_SEARCHER_COMPLETE=zsh "${words[1]}" "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    if (( $? == 3 )); then _files; return; fi
    for line in ${(f)out}; do
        values+=("${line%%$'\\t'*}")
        shown+=("${line/$'\\t'/  }")
    done
    compadd -U -V searcher -l -d shown -a values
}
compdef _searcher search searcher
""",
    "fish": """\
function __searcher_complete
    set -l words (commandline -opc) (commandline -ct | string unescape)
    set -l found (env _SEARCHER_COMPLETE=fish $words 2>/dev/null)
    if test $status -eq 3
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $found
    end
end
complete --command search --no-files --keep-order --arguments '(__searcher_complete)'
complete --command searcher --no-files --keep-order --arguments '(__searcher_complete)'
""",
}


def completion(
    shell: Annotated[
        Literal["bash", "zsh", "fish"], typer.Argument(metavar="bash|zsh|fish", show_default=False, help="")
    ],
) -> int:
    """Print what makes a shell complete search and searcher.

    Examples:
        eval "$(searcher completion bash)"   # in ~/.bashrc
        eval "$(searcher completion zsh)"    # in ~/.zshrc, below compinit
        searcher completion fish | source    # in ~/.config/fish/config.fish
    """
    print(_SCRIPTS[shell], end="")
    return 0


def complete(app: typer.Typer, name: str) -> int:
    """Print how the last of the words of a command may go on, for the shell that asks; the exit code."""
    from typer._click.shell_completion import _resolve_context, _resolve_incomplete
    from typer.main import get_command

    from searcher.cli.candidates import PARAMETERS

    shell, words = os.environ.pop(VARIABLE), sys.argv[1:] or [""]
    if shell == "bash":
        words = list(map(_unquoted, words))
    context: Any = _resolve_context(get_command(app), {}, name, words[:-1])
    parameter, typed = _resolve_incomplete(context, words[:-1], words[-1])
    if candidates := PARAMETERS.get(parameter.name or "") if hasattr(parameter, "param_type_name") else None:
        found = candidates(context, typed)
    else:
        if getattr(parameter, "metavar", None) in ("FILE", "[PATH]..."):
            return _FILES
        found = [(item.value, item.help or "") for item in parameter.shell_complete(context, typed)]
    for value, text in _insertable(found, typed) if shell == "bash" else found:
        print(f"{_line(value)}\t{_line(text)}")
    return 0


def _insertable(found: Candidates, typed: str) -> Candidates:
    """What bash may be given: it puts what all have in common in the place of what was typed."""
    if len(found) == 1:
        return found
    return [each for each in found if each[0].lower().startswith(typed.lower())]


def _unquoted(word: str) -> str:
    """A word as bash has it on its command line, without quotes and backslashes."""
    from typer._click.shell_completion import split_arg_string

    return "".join(split_arg_string(word))


def _line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)

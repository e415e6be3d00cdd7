"""``gradviz completion bash|zsh|fish``: scripts made from the table of options. They ask nothing of the program while typing."""

from __future__ import annotations

from ..requests.arguments import OPTIONS, VERBS, CommandLine, UsageError

SHELLS = ("bash", "zsh", "fish")


def run(line: CommandLine) -> int:
    """Print the script of one shell."""
    if len(line.words) != 1 or line.words[0] not in SHELLS:
        raise UsageError(f"completion takes one shell: {', '.join(SHELLS)}")
    from ..operations import all_names

    # a script is run by a shell as it stands: it goes out untranslated
    print({"bash": _bash, "zsh": _zsh, "fish": _fish}[line.words[0]](" ".join(all_names())))
    return 0


def _options(verb: str) -> str:
    return " ".join(word for option in OPTIONS if verb in option.verbs for word in (option.name, option.short) if word)


def _bash(operations: str) -> str:
    choices = "\n".join(
        f'        {option.name}) COMPREPLY=($(compgen -W "{" ".join(option.choices)}" -- "$word")); return ;;'
        for option in OPTIONS
        if option.choices
    )
    per_verb = "\n".join(f'        {verb}) options="{_options(verb)}" ;;' for verb in VERBS)
    return f"""_gradviz() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}" options
    case "$before" in
{choices}
        -o|--output) compopt -o default; COMPREPLY=(); return ;;
        {"|".join(o.name for o in OPTIONS if o.metavar and not o.choices and o.name != "--output")}) COMPREPLY=(); return ;;
    esac
    case "${{COMP_WORDS[1]}}" in
{per_verb}
        *) options="{_options("")}" ;;
    esac
    if [[ "$word" == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$word")); return; fi
    if [[ $COMP_CWORD == 1 ]]; then COMPREPLY=($(compgen -W "{" ".join(VERBS)}" -- "$word")); return; fi
    if [[ "${{COMP_WORDS[1]}}" == ops ]]; then COMPREPLY=($(compgen -W "{operations}" -- "$word")); return; fi
    if [[ "${{COMP_WORDS[1]}}" == completion ]]; then COMPREPLY=($(compgen -W "{" ".join(SHELLS)}" -- "$word")); return; fi
    compopt -o default; COMPREPLY=()
}}
complete -F _gradviz gradviz"""


def _zsh(operations: str) -> str:
    def spell(verb: str) -> str:
        lines = []
        for option in OPTIONS:
            if verb not in option.verbs:
                continue
            about = option.help.replace("'", "’").replace("[", "(").replace("]", ")").replace(":", "\\:")
            value = (
                f":{option.metavar.lower()}:({' '.join(option.choices)})"
                if option.choices
                else f":{option.metavar.lower()}:"
                if option.metavar
                else ""
            )
            if option.name == "--output":
                value = ":file:_files"
            star = "*" if option.repeated else ""
            for word in (option.name, option.short):
                if word:
                    lines.append(f"            '{star}{word}[{about}]{value}'")
        return " \\\n".join(lines)

    branches = "\n".join(
        f"        {verb}) _arguments \\\n{spell(verb)} \\\n            '*:{what}' ;;"
        for verb, what in (
            ("check", "expression or value:_files"),
            ("explain", "expression or value:_files"),
            ("practice", "expression or value:_files"),
            ("ops", f"operation:({operations})"),
            ("completion", f"shell:({' '.join(SHELLS)})"),
        )
    )
    verbs = " ".join(f"'{name}:{about}'" for name, about in VERBS.items())
    return f"""#compdef gradviz
_gradviz() {{
    local -a verbs
    verbs=({verbs})
    if (( CURRENT == 2 )) && [[ "$words[2]" != -* ]]; then _describe 'verb' verbs; return; fi
    case "$words[2]" in
{branches}
        *) _arguments \\
{spell("")} \\
            '*:value:_files' ;;
    esac
}}
if [[ "$funcstack[1]" == _gradviz ]]; then _gradviz "$@"; else compdef _gradviz gradviz; fi"""


def _fish(operations: str) -> str:
    lines = ["complete -c gradviz -e"]
    first = "__fish_use_subcommand"
    for name, about in VERBS.items():
        lines.append(f"complete -c gradviz -f -n {first} -a {name} -d '{about}'")
    for option in OPTIONS:
        known = [verb for verb in option.verbs if verb]
        unknown = [verb for verb in VERBS if verb not in known]
        when = (
            f"not __fish_seen_subcommand_from {' '.join(unknown)}"
            if "" in option.verbs and unknown
            else f"__fish_seen_subcommand_from {' '.join(known)}"
        )
        condition = f" -n '{when}'" if unknown else ""
        short = f" -s {option.short[1:]}" if option.short else ""
        value = (
            f" -x -a '{' '.join(option.choices)}'"
            if option.choices
            else " -r"
            if option.name == "--output"
            else " -x"
            if option.metavar
            else ""
        )
        about = option.help.replace("'", "’")
        lines.append(f"complete -c gradviz{condition} -l {option.name[2:]}{short}{value} -d '{about}'")
    lines.append(f"complete -c gradviz -f -n '__fish_seen_subcommand_from ops' -a '{operations}'")
    lines.append(f"complete -c gradviz -f -n '__fish_seen_subcommand_from completion' -a '{' '.join(SHELLS)}'")
    return "\n".join(lines)

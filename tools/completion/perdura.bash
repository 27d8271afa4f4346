# bash completion for perdura and perdura-verify. Options are those that --help names.

# The long options in the help of the given command line.
_perdura_options() {
  "$@" --help 2>/dev/null </dev/null | sed -nE 's/^ {2,}(-[A-Za-z], |    )?(--[a-z][a-z0-9-]*).*/\2/p'
}

# The commands in perdura's own help.
_perdura_commands() {
  perdura --help 2>/dev/null </dev/null | sed -nE '/^Usage/,/^The first/s/^  ([a-z]+)  +.*/\1/p'
}

_perdura() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [ "${COMP_WORDS[0]##*/}" = perdura ] && [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_perdura_commands) --help --version" -- "$current")
  elif [ "$previous" = --revocation ]; then
    mapfile -t COMPREPLY < <(compgen -W "required if-present" -- "$current")
  elif [ "${COMP_WORDS[1]}" = tsa ] && [ "$COMP_CWORD" -eq 2 ]; then
    mapfile -t COMPREPLY < <(compgen -W "list add retire test roll-over" -- "$current")
  elif [ "${COMP_WORDS[1]}" = policy ] && [ "$COMP_CWORD" -eq 2 ]; then
    mapfile -t COMPREPLY < <(compgen -W "show check use" -- "$current")
  elif [ "$previous" = --lang ]; then
    mapfile -t COMPREPLY < <(compgen -W "en ja" -- "$current")
  elif [[ $current == -* ]]; then
    local command=(perdura-verify)
    [ "${COMP_WORDS[0]##*/}" = perdura ] && command=(perdura "${COMP_WORDS[1]}")
    mapfile -t COMPREPLY < <(compgen -W "$(_perdura_options "${command[@]}")" -- "$current")
  fi
  # Nothing of ours: bash's own completion of file names, by -o default.
}

complete -o default -F _perdura perdura perdura-verify

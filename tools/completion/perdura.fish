# fish completion for perdura and perdura-verify. Options are those that --help names.

# "--option<TAB>description" from the help of the given command line.
function __perdura_options
    $argv --help 2>/dev/null </dev/null | string replace -rf \
        '^ {2,}(?:-[A-Za-z], |    )?(--[a-z][a-z0-9-]*)(?: [A-Z][A-Za-z0-9:]*)?(?: +(.*))?$' '$1\t$2'
end

function __perdura_commands
    perdura --help 2>/dev/null </dev/null | string replace -rf '^  ([a-z]+)  +(.*)$' '$1\t$2' |
        string match -v 'perdura*'
end

function __perdura_command
    set -l words (commandline -opc)
    test (count $words) -ge 2; and echo $words[2]
end

complete -c perdura -n 'test -z "$(__perdura_command)"' -f -a '(__perdura_commands)'
complete -c perdura -n 'test -n "$(__perdura_command)"; and string match -q -- "-*" (commandline -ct)' \
    -a '(__perdura_options perdura (__perdura_command))'
complete -c perdura -n 'test "$(__perdura_command)" = tsa; and test (count (commandline -opc)) -eq 2' \
    -f -a 'list add retire test roll-over'
complete -c perdura -n 'test "$(__perdura_command)" = policy; and test (count (commandline -opc)) -eq 2' \
    -f -a 'show check use'
complete -c perdura-verify -n 'string match -q -- "-*" (commandline -ct)' \
    -a '(__perdura_options perdura-verify)'
complete -c perdura-verify -l revocation -x -a 'required if-present'
complete -c perdura-verify -l lang -x -a 'en ja'

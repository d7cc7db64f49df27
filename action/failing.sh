# shellcheck shell=bash
# Sourced by the others: how a step ends that cannot go on. One line, shown as an annotation of the run.

fail() {
    # What a message quotes cannot end the line or begin another workflow command.
    local text="${1//%/%25}"
    text="${text//$'\r'/%0D}"
    printf '::error title=Quartet::%s\n' "${text//$'\n'/%0A}"
    exit "${2:-2}"
}

output() {
    # Values are paths and keys; one with a line break would name another output.
    case "$2" in *$'\n'* | *$'\r'*) fail "the $1 cannot have a line break in it; choose another folder" ;; esac
    printf '%s=%s\n' "$1" "$2" >>"${GITHUB_OUTPUT:?is not set: this runs as a step of a workflow}"
}

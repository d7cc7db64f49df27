#!/usr/bin/env bash
# Puts Quartet into a virtual environment, unless what the cache brought is whole. Hands on whether it is new.
set -euo pipefail
# shellcheck source=action/failing.sh
source "${BASH_SOURCE[0]%/*}/failing.sh"

home="$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)"
venv="${QUARTET_VENV:?}"
seal="$venv/quartet.key"

# Another Python of the same name, or half an environment: it is made anew.
if [[ "$(cat "$seal" 2>/dev/null)" == "${QUARTET_VENV_KEY:?}" ]] &&
    "$venv/bin/python" -I -c 'import app.cli.main' 2>/dev/null; then
    output fresh false
    exit 0
fi

# From here on nothing is imported from the workspace, which may be the checkout of a pull request.
cd "$home"
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV
rm -rf "$venv"
started=$SECONDS
"${QUARTET_PYTHON:?}" -I -m venv "$venv" ||
    fail "Python at $QUARTET_PYTHON makes no virtual environment in $venv; look at the lines above, or name another by the input python" 3
pip=("$venv/bin/python" -I -m pip --disable-pip-version-check --no-input install --quiet --prefer-binary
    --constraint "$home/constraints.txt")
# The tool that builds the package is pinned as well: in a build environment of its own it would not be. The other two
# build the embedded Redis on arm64, for which there is no wheel.
if ! "${pip[@]}" hatchling setuptools wheel || ! "${pip[@]}" --no-build-isolation "${home}[embedded,evidence,langfuse,postgres]"; then
    rm -rf "$venv"
    fail "Quartet's packages could not be installed (the lines above say why); run the job again, and on a runner behind a proxy or with an index of its own set HTTPS_PROXY or PIP_INDEX_URL" 3
fi
printf '%s' "$QUARTET_VENV_KEY" >"$seal"
printf 'Quartet was installed in %d s; the next run takes it from the cache.\n' $((SECONDS - started))
output fresh true

#!/usr/bin/env bash
# Reviews, or answers a command: everything that is said in QUARTET_INPUT_… and in the event's file.
set -euo pipefail
# shellcheck source=action/failing.sh
source "${BASH_SOURCE[0]%/*}/failing.sh"

quartet="${QUARTET_VENV:?}/bin/quartet"
[[ -x "$quartet" ]] || fail "there is no Quartet in $QUARTET_VENV; run the job again with the input cache: false" 3
mkdir -p "${QUARTET_STATE_DIR:?}" "${QUARTET_ACTION_OUT:?}"
# -I and no PYTHON… variables: the workspace may be the checkout of a pull request, and nothing of it is imported.
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV
exec "$QUARTET_VENV/bin/python" -I "$quartet" action run

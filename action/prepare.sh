#!/usr/bin/env bash
# Names the folders and the keys of the caches.
set -euo pipefail
# shellcheck source=action/failing.sh
source "${BASH_SOURCE[0]%/*}/failing.sh"

home="$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)"
temp="${RUNNER_TEMP:?is not set: this runs as a step of a workflow}"
[[ -n "${QUARTET_PYTHON:-}" ]] || fail "there is no Python for Quartet; name one by the input python"

case "${QUARTET_CACHE:-true}" in
true) restore=true save=true ;;
write) restore=true save=always ;;
false) restore=false save=false ;;
*) fail "the input cache is \"$QUARTET_CACHE\"; it takes true, false or write" ;;
esac
# In these events GitHub lets caches be read only, unless the job says cache-mode: write
# (github.blog/changelog/2026-06-26-read-only-actions-cache-for-untrusted-triggers).
case "$save/${GITHUB_EVENT_NAME:-}" in
true/issue_comment | true/pull_request_target | true/workflow_run) save=false ;;
always/*) save=true ;;
esac

# hashFiles of GitHub's expressions sees the workspace only, and that is somebody else's repository.
sources="$(
    cd "$home"
    find constraints.txt pyproject.toml action/install.sh app reviewers llm_runtime -type f ! -name '*.pyc' -print0 |
        LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
)"
# A virtual environment works at one path and with one interpreter; its C extensions with one kind of machine.
place="$("$QUARTET_PYTHON" -I -c '
import hashlib, os, platform, sys
about = "\0".join((sys.version, os.path.realpath(sys.executable), platform.libc_ver()[0], sys.argv[1]))
print(platform.machine(), "py" + platform.python_version(), hashlib.sha256(about.encode("utf-8", "surrogateescape")).hexdigest()[:12])
' "$temp/quartet-venv")"

output venv "$temp/quartet-venv"
output venv-key "quartet-venv-1-${place// /-}-${sources:0:32}"
output state "$temp/quartet-state"
# Caches are never overwritten: each run writes one of its own, and reads the newest that begins alike.
output state-key "quartet-state-1-${GITHUB_RUN_ID:-0}-${GITHUB_RUN_ATTEMPT:-1}-$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')"
output state-prefix "quartet-state-1-"
output reports "$temp/quartet"
output restore "$restore"
output save "$save"

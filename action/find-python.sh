#!/usr/bin/env bash
# Looks for a Python that Quartet runs on: the one that is named, one on PATH, or one that the runner keeps.
# Prints nothing and hands on an empty path where there is none; the next step then sets one up.
set -euo pipefail
# shellcheck source=action/failing.sh
source "${BASH_SOURCE[0]%/*}/failing.sh"

[[ "${RUNNER_OS:-Linux}" == Linux ]] || fail "Quartet's Action runs on Linux only; say runs-on: ubuntu-latest"
case "${RUNNER_ARCH:-X64}" in
X64) arch=x64 ;;
ARM64) arch=arm64 ;;
*) fail "Quartet's Action runs on x64 and arm64 only, and this runner is ${RUNNER_ARCH}; say runs-on: ubuntu-latest" ;;
esac

# -I: the workspace may be the checkout of a pull request, and a venv.py in it must not be what is imported.
path_of() {
    "$1" -I -c '
import ensurepip, sys, venv
sys.exit(1) if not (3, 11) <= sys.version_info[:2] < (3, 15) or sys.maxsize < 2**32 else print(sys.executable)
' 2>/dev/null
}

if [[ -n "${QUARTET_PYTHON:-}" ]]; then
    found="$(path_of "$QUARTET_PYTHON")" ||
        fail "the input python names $QUARTET_PYTHON, which is no Python 3.11 to 3.14 with venv; leave the input out, or name another"
    output python "$found"
    exit 0
fi

shopt -s nullglob
candidates=()
# 3.12 and 3.11 first: there is a wheel of everything for them; for the others the embedded Redis is built.
for version in 3.12 3.11 3.13 3.14; do
    candidates+=("python$version")
done
candidates+=(python3 python)
for version in 3.12 3.11 3.13 3.14; do
    kept=("${RUNNER_TOOL_CACHE:-/nowhere}/Python/$version".*/"$arch"/bin/python3)
    candidates+=("${kept[@]}")
done
for candidate in "${candidates[@]}"; do
    if found="$(path_of "$candidate")"; then
        output python "$found"
        exit 0
    fi
done
output python ""

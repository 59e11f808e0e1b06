#!/usr/bin/env bash
# Branch coverage of firmware/agent by the C tests. Prints a line a file and the total; `coverage.sh MINIMUM` fails below that many percent.
#
#   firmware/tests/coverage.sh [MINIMUM] [BUILD_DIR]
#
set -euo pipefail
minimum=${1:-0}
build=${2:-/tmp/espforge-coverage-$(id -u)}
root=$(cd "$(dirname "$0")/../.." && pwd)

cmake -S "$root/firmware" -B "$build" -G Ninja -DEF_TESTS=ON -DEF_SANITIZE= -DEF_CODECS_SANITIZE=OFF -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_C_FLAGS='--coverage -O0 -fprofile-update=atomic'  >"$build.log" 2>&1 &&
  cmake --build "$build" >>"$build.log" 2>&1 || { tail -n 30 "$build.log" >&2; exit 1; }
find "$build" -name '*.gcda' -delete
# The tests that build images elsewhere add nothing here. Failing tests are told by test.sh; a figure of half a run would be none, so they fail this too.
ctest --test-dir "$build" --exclude-regex 'ef_host_image|ef_fuzz_' >>"$build.log" 2>&1 || { tail -n 30 "$build.log" >&2; exit 1; }
gcovr --root "$root" --filter "$root/firmware/agent/src/" --object-directory "$build" --branches --exclude-unreachable-branches \
  --print-summary --fail-under-branch "$minimum" "$build" | tee "$build.txt" | sed -n '/^File/,$p'

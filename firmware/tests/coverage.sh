#!/usr/bin/env bash
# Branch coverage of firmware/agent by the C tests. Prints a line a file and the total; `coverage.sh MINIMUM` fails below that many percent.
#
#   firmware/tests/coverage.sh [MINIMUM] [BUILD_DIR]
#
# Built without optimization and without sanitizers, whose own checks would count as branches; the fuzz targets do not count, because what they
# reach they do not judge. No file and no line is left out by hand.
set -euo pipefail
minimum=${1:-0}
build=${2:-/tmp/espforge-coverage-$(id -u)}
root=$(cd "$(dirname "$0")/../.." && pwd)

cmake -S "$root/firmware" -B "$build" -G Ninja -DEF_TESTS=ON -DEF_SANITIZE= -DEF_CODECS_SANITIZE=OFF -DEF_FUZZ_RUNS=OFF -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_C_FLAGS='--coverage -O0 -fprofile-update=atomic'  >"$build.log" 2>&1 &&
  cmake --build "$build" >>"$build.log" 2>&1 || { tail -n 30 "$build.log" >&2; exit 1; }
find "$build" -name '*.gcda' -delete
# The tests that build images elsewhere add nothing here, nor does the long form of the power cuts to its short one. Failing tests are told by test.sh; a figure of half a run would be none, so they fail this too.
ctest --test-dir "$build" -j2 --exclude-regex "ef_host_image|ef_sizes|ef_agent_power_cut$" >>"$build.log" 2>&1 || { tail -n 30 "$build.log" >&2; exit 1; }
cd "$build"
gcovr --root "$root" --filter "$root/firmware/agent/src/" --object-directory "$build" --branches --exclude-unreachable-branches \
  --print-summary --fail-under-branch "$minimum" "$build" | tee "$build.txt" | sed -n '/^File/,$p'

#!/usr/bin/env bash
# Runs every test there is: C (CTest, ASan and UBSan; libFuzzer; branch coverage), .NET, UI units, and the browser and end-to-end tests. Ends with one line: N passed, N failed, N skipped.
set -uo pipefail
cd "$(dirname "$0")"
. eng/packages.sh
need_tools || exit 1
need_packages "Testing" "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}" || exit 1

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
results=$PWD/artifacts/test-results
rm -rf "$results"
mkdir -p "$results"
passed=0 failed=0 skipped=0 broken=0

step() { printf '\n== %s (%s)\n' "$1" "$(date +%T)"; }
breaks() { echo "FAILED: $1"; broken=$((broken + 1)); }
attribute() { sed -n "s/.*[[:space:]]$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }
# The counts of the first <testsuite(s)> element that names them.
count_junit() {
  local file=$1 line tests failures errors skips
  [ -s "$file" ] || { breaks "$file was not written"; return; }
  line=$(tr '\n' ' ' <"$file" | grep -oE '<testsuites?[^>]*tests="[^>]*>' | head -n 1)
  printf '%s\n' "$line" >"$file.head"
  tests=$(attribute "$file.head" tests); failures=$(attribute "$file.head" failures)
  errors=$(attribute "$file.head" errors); skips=$(attribute "$file.head" skipped)
  failures=$((${failures:-0} + ${errors:-0})); skips=${skips:-0}
  passed=$((passed + ${tests:-0} - failures - skips)); failed=$((failed + failures)); skipped=$((skipped + skips))
}

step "Firmware: C tests under AddressSanitizer and UndefinedBehaviorSanitizer"
if cmake -S firmware -B artifacts/firmware -G Ninja -DCMAKE_BUILD_TYPE=Release -DEF_TESTS=ON -DEF_SANITIZE=address,undefined >"$results/cmake.log" 2>&1 \
  && cmake --build artifacts/firmware >>"$results/cmake.log" 2>&1; then
  ctest --test-dir artifacts/firmware -j2 --output-on-failure --output-junit "$results/ctest.xml" --timeout 300
  count_junit "$results/ctest.xml"
else
  tail -n 40 "$results/cmake.log"; breaks "the firmware does not build"
fi

step "Firmware: libFuzzer, five seconds a target"
if cmake -S firmware/tests/fuzz -B artifacts/fuzz -G Ninja -DCMAKE_C_COMPILER=clang -DEF_FUZZ=ON -DEF_FUZZ_SECONDS="${ESPFORGE_FUZZ_SECONDS:-5}" >"$results/fuzz.log" 2>&1 \
  && cmake --build artifacts/fuzz >>"$results/fuzz.log" 2>&1; then
  ctest --test-dir artifacts/fuzz -j2 --output-on-failure --output-junit "$results/fuzz.xml"
  count_junit "$results/fuzz.xml"
else
  tail -n 40 "$results/fuzz.log"; breaks "the fuzz targets do not build"
fi

step "Firmware: branch coverage of the agent (at least 90 %)"
firmware/tests/coverage.sh 90 "$PWD/artifacts/coverage" || breaks "the agent's branch coverage is below 90 %"

step "Firmware: the ESP-IDF port against real headers"
firmware/ports/esp-idf/check.sh >"$results/idf.log" 2>&1; idf=$?
if [ "$idf" = 77 ]; then
  tail -n 1 "$results/idf.log"; skipped=$((skipped + 1))
else
  grep -v '^ok ' "$results/idf.log"
  counts=$(grep -oE '[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$results/idf.log" | tail -n 1)
  read -r p _ f _ s _ <<<"${counts:-0 passed, 1 failed, 0 skipped}"
  passed=$((passed + p)); failed=$((failed + f)); skipped=$((skipped + s))
fi

step "UI: install, lint, unit tests, build"
(
  cd samples/EspForge.Studio/ui || exit 1
  npm ci --no-audit --no-fund --loglevel=error && npm run --silent lint && npm run --silent build
) >"$results/ui.log" 2>&1 || { tail -n 40 "$results/ui.log"; breaks "the UI does not build"; }
(cd samples/EspForge.Studio/ui && npm run --silent test -- --reporter=default --reporter=junit --outputFile="$results/vitest.xml")
count_junit "$results/vitest.xml"

# Style rules are warnings and so errors of the build; what is left to look at is white space.
step ".NET: build, format, tests"
if dotnet build EspForge.sln -v quiet -p:BuildUi=false; then
  dotnet format whitespace --folder . --verify-no-changes --exclude samples/EspForge.Studio/ui artifacts >"$results/format.log" 2>&1 || { tail -n 20 "$results/format.log"; breaks "dotnet format would change files"; }
  dotnet test EspForge.sln --no-build --logger trx --results-directory "$results/dotnet" --logger 'console;verbosity=minimal' --blame-hang-timeout 8m
  for trx in "$results"/dotnet/*.trx; do
    counters=$(grep -oE '<Counters [^>]*' "$trx" | head -n 1)
    printf '%s\n' "$counters" >"$trx.head"
    p=$(attribute "$trx.head" passed); t=$(attribute "$trx.head" total); e=$(attribute "$trx.head" executed)
    passed=$((passed + ${p:-0})); failed=$((failed + ${e:-0} - ${p:-0})); skipped=$((skipped + ${t:-0} - ${e:-0}))
  done
  [ -n "$(ls "$results"/dotnet/*.trx 2>/dev/null)" ] || breaks "no .NET test ran"
else
  breaks "the solution does not build"
fi

step "Scripts"
for script in run.sh test.sh .ci/run eng/packages.sh firmware/ports/esp-idf/check.sh firmware/tests/sizes.sh firmware/tests/coverage.sh; do bash -n "$script" || breaks "$script"; done

failed=$((failed + broken))
printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

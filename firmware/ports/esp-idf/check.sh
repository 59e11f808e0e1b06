#!/usr/bin/env bash
# Type-checks this port, the agent and the example against real ESP-IDF headers, for every chip. Nothing is linked.
#
#   check.sh [--target esp32c3]... [--obj]
#
# ESPFORGE_IDF_CHECK names the checker; by default ../shared/tools/idf-syntax-check.sh beside the repository. It finds its trees by IDF_SRC (ESP-IDF
# v5.5), IDF_MQTT, IDF_MBEDTLS, IDF_LWIP, IDF_TLSF; this script also reads
#   IDF_WEBSOCKET   components/esp_websocket_client of espressif/esp-protocols
#   IDF_NIMBLE      espressif/esp-nimble
# and leaves out, saying so, the files whose tree is not there. Exit: 0 passed, 1 a file failed, 2 usage, 77 nothing could be checked.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
firmware=$(cd "$here/../.." && pwd)
checker=${ESPFORGE_IDF_CHECK:-$firmware/../../shared/tools/idf-syntax-check.sh}
targets=() mode=()
while [ $# -gt 0 ]; do
  case $1 in
    --target) [ $# -ge 2 ] || { echo "check.sh: --target needs a value" >&2; exit 2; }; targets+=("$2"); shift 2 ;;
    --obj) mode=(--obj); shift ;;
    *) sed -n '2,/^set -u/{s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
  esac
done
[ ${#targets[@]} -gt 0 ] || targets=(esp32 esp32s2 esp32s3 esp32c3 esp32c6 esp32h2)
[ -x "$checker" ] || { echo "check.sh: skipped, no checker at $checker (ESPFORGE_IDF_CHECK)"; exit 77; }
[ -f "${IDF_SRC:-}/components/esp_common/include/esp_err.h" ] || { echo "check.sh: skipped, no ESP-IDF tree (IDF_SRC)"; exit 77; }

# What menuconfig would say. Numbers and texts are those of Kconfig's defaults.
common=(
  'CONFIG_ESPFORGE_SERVER_URL="https://espforge.example"' 'CONFIG_ESPFORGE_PRODUCT="lamp"' 'CONFIG_ESPFORGE_BOARD="devkit"'
  CONFIG_ESPFORGE_POLL_S=300 CONFIG_ESPFORGE_TELEMETRY_S=60 CONFIG_ESPFORGE_SOAK_S=60 CONFIG_ESPFORGE_CONFIRM_TIMEOUT_S=600 CONFIG_ESPFORGE_HEARTBEAT_S=60
  CONFIG_ESPFORGE_TELEMETRY_BATCH=1 CONFIG_ESPFORGE_SLEEP_S=0
  CONFIG_ESPFORGE_TELEMETRY=1 CONFIG_ESPFORGE_LOG=1 CONFIG_ESPFORGE_SLEEP=1
  CONFIG_ESPFORGE_BUTTON_GPIO=0 CONFIG_ESPFORGE_IDENTIFY_GPIO=8 CONFIG_WS_BUFFER_SIZE=2048
)
nimble=(host/include host/util/include host/services/gap/include host/services/gatt/include host/store/config/include
  include porting/nimble/include porting/npl/freertos/include transport/include porting/npl/freertos/include/nimble)
failed=0 passed=0 skipped=0 ran=0
for target in "${targets[@]}"; do
  flags=(--include "$firmware/agent/include" --include "$firmware/agent/src" --include "$here/espforge/include" --include "$here/espforge/src")
  files=("$firmware"/agent/src/*.c "$here"/example/main/*.c)
  for file in "$firmware"/apps/*/*.c; do case $file in */measure_room.c) ;; *) files+=("$file") ;; esac; done
  defines=("${common[@]}" CONFIG_ESPFORGE_MQTT=1)
  wifi=1 ble=1
  case $target in esp32h2) wifi=0 ble=0 ;; esp32s2) ble=0 ;; esac # provisioning is for Wi-Fi; the ESP32-S2 has no Bluetooth
  if [ "$wifi" = 1 ]; then
    defines+=(CONFIG_ESPFORGE_WIFI=1 CONFIG_ESPFORGE_SOFTAP=1 CONFIG_ESPFORGE_IMPROV_UART=1 CONFIG_ESP_CONSOLE_UART_NUM=0)
    case $target in esp32 | esp32s2) ;; *) defines+=(CONFIG_ESPFORGE_IMPROV_USB=1) ;; esac
  fi
  leave_out() { echo "skip $1 ($target): $2"; skipped=$((skipped + 1)); }
  for file in "$here"/espforge/src/*.c; do
    case $(basename "$file") in
      ef_radio.c | ef_softap.c | ef_improv_serial.c) [ "$wifi" = 1 ] || continue ;;
      ef_websocket.c)
        if [ -d "${IDF_WEBSOCKET:-}/include" ]; then
          flags+=(--include "$IDF_WEBSOCKET/include"); defines+=(CONFIG_ESPFORGE_WEBSOCKET=1)
        else leave_out "$file" "no tree at IDF_WEBSOCKET"; continue; fi ;;
      ef_improv_ble.c)
        [ "$ble" = 1 ] || continue
        if [ -d "${IDF_NIMBLE:-}/nimble/host/include" ]; then
          for dir in "${nimble[@]}"; do flags+=(--include "$IDF_NIMBLE/nimble/$dir" --include "$IDF_NIMBLE/$dir"); done
          bt=$IDF_SRC/components/bt
          flags+=(--include "$bt/host/nimble/port/include" --include "$bt/include/$target/include" --include "$bt/common/osi/include" --include "$bt/host/nimble/esp-hci/include"
            --include "$bt/porting/npl/freertos/include" --include "$bt/porting/include" --include "$bt/porting/transport/include")
          defines+=(CONFIG_ESPFORGE_IMPROV_BLE=1 CONFIG_BT_ENABLED=1 CONFIG_BT_NIMBLE_ENABLED=1)
        else leave_out "$file" "no tree at IDF_NIMBLE"; continue; fi ;;
    esac
    files+=("$file")
  done
  for define in "${defines[@]}"; do flags+=(--define "$define"); done
  kept=()
  for file in "${files[@]}"; do [ -f "$file" ] && kept+=("$file"); done
  output=$("$checker" --target "$target" ${mode[@]+"${mode[@]}"} "${flags[@]}" "${kept[@]}" 2>&1)
  status=$?
  if [ "$status" = 77 ]; then
    echo "skip $target: $(tail -n 1 <<<"$output")"; skipped=$((skipped + ${#kept[@]})); continue
  fi
  ran=1
  ok=$(grep -c '^ok ' <<<"$output") bad=$(grep -c '^FAIL ' <<<"$output")
  [ "$status" = 0 ] || grep -v '^ok ' <<<"$output"
  [ "$status" = 0 ] || [ "$bad" -gt 0 ] || bad=1
  passed=$((passed + ok)) failed=$((failed + bad))
  echo "$target: $ok passed, $bad failed"
done
echo "check.sh: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] || exit 1
[ "$ran" = 1 ] || exit 77

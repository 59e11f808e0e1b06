#!/usr/bin/env bash
# Says how big the agent is: text, data and bss at -Os on rv32imc and x86-64, and the RAM of struct ef_agent.
#
#   sizes.sh [--check] [--top N]
#
# The core is what keeps a device up to date: claim, token, poll, manifest, download, verify, confirm, report. What a product may do without
# (messages and commands, telemetry and log, provisioning, what stands behind app.h) is counted beside it.
#
#   --check   fail when a goal is missed: 24,576 bytes of the core's text on rv32imc, no data, no bss, 4,096 bytes of RAM without the transfer
#             buffers
#   --top N   name the N biggest functions and constants on rv32imc
#
# Needs gcc-riscv64-unknown-elf (with newlib's headers, libnewlib-dev) and libmbedtls-dev. Exit: 0, 1 a goal is missed or it does not compile,
# 2 usage, 77 a compiler is missing.
set -euo pipefail
text_goal=24576 ram_goal=4096
check=0 top=0
while [ $# -gt 0 ]; do
  case $1 in
    --check) check=1; shift ;;
    --top) top=${2:?--top needs a number}; shift 2 ;;
    *) sed -n '2,/^set -e/{s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
  esac
done
agent=$(cd "$(dirname "$0")/../agent" && pwd)
cross=${EF_RISCV_PREFIX:-riscv64-unknown-elf-}
newlib=${EF_NEWLIB:-/usr/include/newlib}
psa=${EF_PSA_INCLUDE:-/usr/include}
for tool in "${cross}gcc" "${cross}size" "${cross}nm" gcc size; do
  command -v "$tool" >/dev/null || { echo "sizes: skipped, $tool is not installed"; exit 77; }
done
[ -f "$newlib/stdio.h" ] || { echo "sizes: skipped, no newlib headers in $newlib"; exit 77; }
[ -f "$psa/psa/crypto.h" ] || { echo "sizes: skipped, no psa/crypto.h in $psa"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The PSA headers alone: the rest of the host's headers is not for this target.
mkdir -p "$work/psa"
ln -s "$psa/psa" "$work/psa/psa"
ln -s "$psa/mbedtls" "$work/psa/mbedtls"
common=(-Os -std=c11 -Wall -Wextra -Wconversion -Wshadow -Werror -ffunction-sections -fdata-sections -fno-common -I "$agent/include" -I "$agent/src")
riscv=("${cross}gcc" -march=rv32imc -mabi=ilp32 -isystem "$newlib" -isystem "$work/psa")
host=(gcc -isystem "$psa")

build() { # NAME COMPILER...
  local name=$1 file
  shift
  mkdir -p "$work/$name"
  for file in "$agent"/src/*.c; do
    "$@" "${common[@]}" -c "$file" -o "$work/$name/$(basename "$file" .c).o"
  done
}
totals() { # NAME SIZE-TOOL: text data bss
  "$2" -B "$work/$1"/*.o | awk 'NR > 1 { t += $1; d += $2; b += $3 } END { print t, d, b }'
}
part_of() { # FILE
  case $1 in
    ef_action | ef_command | ef_device_status | ef_frame | ef_links | ef_messages | ef_nonce | ef_outbox | ef_quality | ef_sleep) echo messages ;;
    ef_telemetry | ef_sample | ef_spill | ef_ring | ef_ring_store) echo telemetry ;;
    ef_button | ef_dns | ef_http | ef_improv* | ef_networks* | ef_portal* | ef_provision* | ef_reset) echo provisioning ;;
    ef_app) echo application ;;
    *) echo core ;;
  esac
}
parts() { # "part bytes" for each object
  local file
  for file in "$work"/riscv/*.o; do echo "$(part_of "$(basename "$file" .o)") $("${cross}size" -B "$file" | awk 'NR > 1 { print $1 }')"; done
}
# A number known only to the compiler becomes the length of an array in an object file.
sizeof() { # EXPRESSION
  printf '#include "espforge/ef_agent.h"\nchar ef_size[%s];\n' "$1" >"$work/size.c"
  "${riscv[@]}" "${common[@]}" -c "$work/size.c" -o "$work/size.o"
  echo $((16#$("${cross}nm" -S "$work/size.o" | awk '$NF == "ef_size" { print $2 }')))
}

build riscv "${riscv[@]}"
build host "${host[@]}"
read -r text data bss < <(totals riscv "${cross}size")
read -r host_text host_data host_bss < <(totals host size)
whole=$(sizeof 'sizeof(struct ef_agent)')
buffers=$(sizeof 'sizeof(((struct ef_agent *)0)->control.tx) + sizeof(((struct ef_agent *)0)->control.rx) + sizeof(((struct ef_agent *)0)->sector)')
ram=$((whole - buffers))
parts >"$work/parts"
core=$(awk '$1 == "core" { t += $2 } END { print t + 0 }' "$work/parts")

printf '%-34s %8s %8s %8s\n' "agent at -Os" text data bss
printf '%-34s %8d %8d %8d   goal: data and bss 0\n' rv32imc "$text" "$data" "$bss"
printf '%-34s %8d   goal: < %d\n' "  core" "$core" "$text_goal"
for part in messages telemetry provisioning application; do
  printf '%-34s %8d\n' "  $part" "$(awk -v p="$part" '$1 == p { t += $2 } END { print t + 0 }' "$work/parts")"
done
printf '%-34s %8d %8d %8d\n' x86-64 "$host_text" "$host_data" "$host_bss"
printf '%-34s %8d\n' "struct ef_agent on rv32imc, bytes" "$whole"
printf '%-34s %8d\n' "  of it transfer buffers" "$buffers"
printf '%-34s %8d   goal: < %d\n' "  without them" "$ram" "$ram_goal"
if [ "$top" -gt 0 ]; then
  echo "biggest on rv32imc:"
  for file in "$work"/riscv/*.o; do "${cross}nm" -S --defined-only "$file" | awk -v f="$(basename "$file" .o)" '$3 ~ /[tTrR]/ { print $2, f, $4 }'; done |
    sort -r | head -n "$top" | while read -r hex file name; do printf '%8d  %s: %s\n' "$((16#$hex))" "$file" "$name"; done
  echo "by file:"
  "${cross}size" -B "$work"/riscv/*.o | awk 'NR > 1 { n = $NF; sub(".*/", "", n); sub("[.]o$", "", n); print $1, n }' | sort -rn | head -n "$top" |
    while read -r bytes name; do printf '%8d  %s\n' "$bytes" "$name"; done
  echo "members of struct ef_agent:"
  sed -n '/^typedef struct ef_agent {/,/^} ef_agent;/p' "$agent/include/espforge/ef_agent.h" | sed 's@/\*.*@@' | grep -oE '[a-z_]+(\[[A-Z_]+\])?;' | sed 's/[[;].*//' | grep -vx ef_agent | sort -u |
    while read -r member; do echo "$(sizeof "sizeof(((struct ef_agent *)0)->$member)") $member"; done | sort -rn | head -n "$top" |
    while read -r bytes name; do printf '%8d  %s\n' "$bytes" "$name"; done
fi
if [ "$check" = 1 ]; then
  status=0
  [ "$core" -lt "$text_goal" ] || { echo "sizes: the core's text is $((core - text_goal + 1)) bytes over its goal" >&2; status=1; }
  [ "$data" -eq 0 ] && [ "$bss" -eq 0 ] || { echo "sizes: the agent has data of its own" >&2; status=1; }
  [ "$ram" -lt "$ram_goal" ] || { echo "sizes: RAM is $((ram - ram_goal + 1)) bytes over its goal" >&2; status=1; }
  exit "$status"
fi

#!/usr/bin/env bash
# Says how big the agent is on a chip (rv32imc) and on x86-64: code, constants, data, and the RAM of its structs.
#
#   sizes.sh [--check] [--top N]
#
# The core is what keeps a device up to date: claim, token, poll, keys, manifest, download, verify, confirm, report, time. It is what a program that
# names no part carries: the agent linked with --gc-sections from the functions a port calls, without libc, libgcc and PSA. Every other part is what
# a program carries more when its config names that part alone. On rv32imc the agent is compiled as the ESP-IDF component compiles it.
#
#   --check   fail when a goal is missed: 24,576 bytes of the core's text (code and constants) on rv32imc, no data, no bss, 4,096 bytes of RAM
#             without the transfer buffers; or when a core alone carries something of a part
#   --top N   name the N biggest functions and constants of the core, and of all, on rv32imc
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
for tool in "${cross}gcc" "${cross}ld" "${cross}size" "${cross}nm" gcc size; do
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
plain=("${cross}gcc" -march=rv32imc -mabi=ilp32 -isystem "$newlib" -isystem "$work/psa")
riscv=("${plain[@]}" -msave-restore -malign-data=natural) # as ports/esp-idf/espforge/CMakeLists.txt
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
# One region for code and one for constants, as on a chip that runs from flash; what is not the agent's is a stub of one instruction.
cat >"$work/map.ld" <<'LD'
SECTIONS {
  .text 0x42000000 : { *(.text*) }
  .stubs : { KEEP(*(.stubs)) }
  .rodata 0x3c000000 : { *(.rodata*) *(.srodata*) }
  .data 0x3fc80000 : { *(.data*) *(.sdata*) *(.bss*) *(.sbss*) }
}
LD
link() { # NAME ROOT...: code and constants of what is reached
  local name=$1 root roots=()
  shift
  for root in "$@"; do roots+=(-u "$root"); done
  if [ ! -f "$work/$name/stubs.obj" ]; then
    "${cross}ld" -m elf32lriscv -r -o "$work/$name/all.obj" "$work/$name"/*.o
    "${cross}nm" -u "$work/$name/all.obj" | awk '{ print ".section .stubs,\"ax\"\n.globl " $2 "\n" $2 ": ret" }' >"$work/$name/stubs.s"
    "${plain[@]}" -c "$work/$name/stubs.s" -o "$work/$name/stubs.obj"
  fi
  "${cross}ld" -m elf32lriscv --gc-sections -e ef_agent_init "${roots[@]}" -T "$work/map.ld" -o "$work/linked.elf" "$work/$name"/*.o "$work/$name/stubs.obj"
  "${cross}size" -A "$work/linked.elf" | awk '$1 == ".text" { t = $2 } $1 == ".rodata" { r = $2 } END { print t + 0, r + 0 }'
}
core_roots=(ef_agent_init ef_agent_step ef_agent_self_test ef_agent_log ef_response_clear ef_response_header)
part_line() { # WHAT ROOT...
  local what=$1 t r
  shift
  read -r t r < <(link riscv "${core_roots[@]}" "$@")
  printf '%-34s %8d\n' "  $what" $((t + r - core))
}
# A number known only to the compiler becomes the length of an array in an object file.
sizeof() { # EXPRESSION
  printf '#include "espforge/ef_agent.h"\nchar ef_size[%s];\n' "$1" >"$work/size.c"
  "${riscv[@]}" "${common[@]}" -c "$work/size.c" -o "$work/size.o"
  echo $((16#$("${cross}nm" -S "$work/size.o" | awk '$NF == "ef_size" { print $2 }')))
}

build riscv "${riscv[@]}"
build plain "${plain[@]}"
build host "${host[@]}"
read -r text data bss < <(totals riscv "${cross}size")
read -r host_text host_data host_bss < <(totals host size)
whole=$(sizeof 'sizeof(struct ef_agent)')
buffers=$(sizeof 'sizeof(((struct ef_agent *)0)->tx) + sizeof(((struct ef_agent *)0)->rx) + sizeof(((struct ef_agent *)0)->sector)')
ram=$((whole - buffers))
read -r plain_code plain_constants < <(link plain "${core_roots[@]}")
read -r code constants < <(link riscv "${core_roots[@]}")
core=$((code + constants))
cp "$work/linked.elf" "$work/core.elf"
strays=$("${cross}nm" --defined-only "$work/core.elf" | awk '$3 ~ /^ef_(.*_use|ring_.*|spill_.*|telemetry_.*|messages_.*|action_.*|command_.*|networks_.*|provision_.*|factory_reset|quality_.*|image_.*host.*|json_put_number)$/ { print $3 }')
all_roots=$("${cross}nm" --defined-only "$work"/riscv/*.o | awk '$2 == "T" { print $3 }')
read -r all_code all_constants < <(link riscv $all_roots)

printf '%-34s %8s\n' "rv32imc at -Os, linked" bytes
printf '%-34s %8d   goal: < %d (code %d, constants %d; without -msave-restore -malign-data %d)\n' "core" "$core" "$text_goal" "$code" "$constants" $((plain_code + plain_constants))
part_line "messages and commands" ef_messages_use ef_agent_action ef_outbox_put ef_outbox_next ef_frame_read
part_line "telemetry" ef_telemetry_use ef_agent_telemetry_number
part_line "log in flash" ef_ring_use
part_line "networks" ef_networks_use
part_line "networks, provisioning, portal" ef_networks_use ef_provision_use ef_portal_read ef_portal_feed ef_dns_answer ef_http_feed
part_line "the same with Improv instead" ef_networks_use ef_provision_use ef_improv_feed ef_improv_command ef_improv_next
part_line "factory reset, button" ef_reset_use ef_button_step
part_line "deep sleep" ef_sleep_use
part_line "connection quality" ef_quality_use
printf '%-34s %8d\n' "all, with what stands behind app.h" $((all_code + all_constants))
printf '%-34s %8d %8d   goal: 0\n' "data and bss" "$data" "$bss"
printf '%-34s %8d %8d %8d   (text, data, bss; objects, not linked)\n' x86-64 "$host_text" "$host_data" "$host_bss"
printf '%-34s %8d\n' "struct ef_agent on rv32imc, bytes" "$whole"
printf '%-34s %8d\n' "  of it transfer buffers" "$buffers"
printf '%-34s %8d   goal: < %d\n' "  without them" "$ram" "$ram_goal"
for state in telemetry messages ring networks provision; do
  printf '%-34s %8d\n' "  of the part beside it: $state" "$(sizeof "sizeof(((struct ef_all_parts *)0)->$state)")"
done
if [ "$top" -gt 0 ]; then
  echo "biggest of the core:"
  "${cross}nm" -S -t d --defined-only "$work/core.elf" | awk 'NF == 4 { print $2 + 0, $4 }' | sort -rn | head -n "$top" | while read -r bytes name; do printf '%8d  %s\n' "$bytes" "$name"; done
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
  [ -z "$strays" ] || { echo "sizes: the core alone carries" $strays >&2; status=1; }
  [ "$data" -eq 0 ] && [ "$bss" -eq 0 ] || { echo "sizes: the agent has data of its own" >&2; status=1; }
  [ "$ram" -lt "$ram_goal" ] || { echo "sizes: RAM is $((ram - ram_goal + 1)) bytes over its goal" >&2; status=1; }
  exit "$status"
fi

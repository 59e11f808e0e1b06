# Sourced by run.sh and test.sh: makes sure that system packages and tools are there.

# need_tools: the two things this repository does not install itself.
need_tools() {
  local missing=0
  if ! command -v dotnet >/dev/null 2>&1; then
    echo "The .NET SDK 10 is missing: https://dotnet.microsoft.com/download" >&2; missing=1
  fi
  if ! command -v npm >/dev/null 2>&1; then
    echo "Node.js 20 or newer with npm is missing: https://nodejs.org" >&2; missing=1
  fi
  return $missing
}

# need_packages PURPOSE PACKAGE...: installs what is missing, saying so first. Without root it prints the one line to run and fails.
need_packages() {
  local purpose=$1; shift
  local missing=()
  local package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "$purpose needs, by their Debian names: ${missing[*]}. Install them with your system's package manager." >&2
    return 1
  fi
  local line="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    printf '%s needs packages that are not installed. Run this once, then try again:\n\n  sudo sh -c "%s"\n\n' "$purpose" "$line" >&2
    return 1
  fi
  echo "$purpose needs packages that are not installed; installing: ${missing[*]}"
  local log
  log=$(mktemp)
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "Installing failed; the line was: $line" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# What the host toolchain needs at run time: it builds firmware for the virtual device.
BUILD_PACKAGES=(gcc libc6-dev cmake ninja-build libmbedtls-dev libcurl4-openssl-dev bubblewrap)
# What the tests need on top.
TEST_PACKAGES=(libcmocka-dev clang libclang-rt-dev gcovr libmosquitto-dev libwebsockets-dev mosquitto mosquitto-clients gcc-riscv64-unknown-elf
  gcc-xtensa-lx106 libnewlib-dev chromium openssl curl ca-certificates
  device-tree-compiler python3-yaml
  clangd ccache runc util-linux)

#!/usr/bin/env bash
# Starts EspForge Studio on http://127.0.0.1:5080: SQLite, files on disk, nothing to configure. Arguments go to Studio, such as --urls http://0.0.0.0:5080
set -euo pipefail
cd "$(dirname "$0")"
. eng/packages.sh
need_tools
need_packages "Building firmware for virtual devices" "${BUILD_PACKAGES[@]}"
exec dotnet run --project samples/EspForge.Studio -c Release -- "$@"

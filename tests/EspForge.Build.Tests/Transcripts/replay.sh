#!/bin/sh
# Plays a tool: finds the first line of "index" whose pattern fits the arguments and replays the transcript it names. In a transcript a line is
#   1 TEXT         written to standard output          sleep SECONDS
#   2 TEXT         written to standard error           flood BYTES      that much output
#   copy FILE PATH a file beside the transcripts       hang             until it is killed
#   run COMMAND    by a shell, as a script would       killed           ends by SIGKILL
#   exit CODE
here=$1
shift
transcript=
while IFS='|' read -r pattern name; do
  case "$*" in
    $pattern) transcript=$name; break ;;
  esac
done <"$here/index"
if [ -z "$transcript" ]; then
  echo "No transcript fits: $*" >&2
  exit 99
fi
while IFS= read -r line || [ -n "$line" ]; do
  word=${line%% *}
  rest=${line#"$word"}
  rest=${rest# }
  case "$word" in
    1) printf '%s\n' "$rest" ;;
    2) printf '%s\n' "$rest" >&2 ;;
    sleep) sleep "$rest" ;;
    copy) mkdir -p "$(dirname "${rest#* }")" && cp "$here/${rest%% *}" "${rest#* }" ;;
    flood) yes 'Compiling the same line again and again, for as long as anybody reads it' | head -c "$rest" ;;
    hang) exec sleep 3600 ;;
    killed) kill -9 $$ ;;
    run) sh -c "$rest" ;;
    exit) exit "$rest" ;;
  esac
done <"$here/$transcript"

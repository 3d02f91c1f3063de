#!/bin/sh
# One sweep in N parts by GNU Parallel, here or (PARALLEL='--sshlogin ..') elsewhere, and the parts put together:
#   tools/cluster/parallel.sh 8 app.trace --threshold0 100:100k:x1.1
set -eu
parts=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
parallel gcsim sweep "$@" --quiet --jobs 1 --shard "{}/$parts" --format jsonl --output "$folder/part-{}.jsonl" \
  ::: $(seq "$parts")
gcsim merge "$folder"/part-*.jsonl

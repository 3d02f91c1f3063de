#!/bin/sh
# One sweep on many nodes:  sbatch --array=1-8 tools/cluster/slurm_array.sh app.trace --threshold0 100:100k:x1.1
# Then, when all tasks are done:  gcsim merge sweep-part-*.jsonl
set -eu
exec gcsim sweep "$@" --quiet --shard auto --jobs "${SLURM_CPUS_PER_TASK:-1}" \
  --format jsonl --force --output "sweep-part-$SLURM_ARRAY_TASK_ID.jsonl"

#!/bin/bash
# A Slurm of its own on loopback runs deploy/slurm/gateproof.sbatch as a job array: the shards that a real scheduler
# starts, merged, are the whole run.
# slurm.sh GATEPROOF SBATCH_FILE; exit status 77: skipped, with the reason.
set -euo pipefail
gateproof=$1
script=$2
PATH=$PATH:/usr/sbin

skip() {
    echo "skipped: $1"
    exit 77
}
fail() {
    echo "FAILED: $1"
    for log in "$folder"/*.log "$folder"/results/*.out; do
        [[ -f $log ]] && echo "--- $log" && tail -n 20 "$log"
    done
    exit 1
}
((EUID == 0)) || skip "slurmd needs root"
for program in slurmctld slurmd sbatch sinfo munged python3; do
    type -P "$program" >/dev/null || skip "$program is missing (apt-get install slurmctld slurmd slurm-client munge)"
done

folder=$(mktemp -d)
children=()
finish() {
    for child in "${children[@]}"; do
        kill "$child" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT
chmod 755 "$folder"
mkdir "$folder"/{munge,spool,state,results}

# Ports that were free a moment ago: Slurm's cannot be bound to 0.
read -r controller_port daemon_port < <(python3 -c '
import socket
held = [socket.socket() for _ in range(2)]
for one in held: one.bind(("127.0.0.1", 0))
print(*[one.getsockname()[1] for one in held])')

head -c 1024 /dev/urandom >"$folder/munge/key"
chmod 400 "$folder/munge/key"
munged --foreground --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
    --pid-file="$folder/munge/pid" --log-file="$folder/munge.log" --seed-file="$folder/munge/seed" &
children+=($!)

host=$(hostname -s)
cat >"$folder/slurm.conf" <<CONF
ClusterName=gateproof
SlurmctldHost=$host(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
SlurmUser=root
SlurmdUser=root
SlurmctldPort=$controller_port
SlurmdPort=$daemon_port
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MailProg=/bin/true
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
SlurmdParameters=config_overrides
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 Boards=1 SocketsPerBoard=1 CoresPerSocket=4 ThreadsPerCore=1 RealMemory=2048
PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$folder/slurm.conf

# until_true SECONDS COMMAND...: asks again until the command succeeds.
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < end)) || return 1
        sleep 0.1
    done
}
until_true 20 test -S "$folder/munge/socket" || fail "munged does not come up"
slurmctld -D -f "$SLURM_CONF" >"$folder/slurmctld.out.log" 2>&1 &
children+=($!)
slurmd -D -f "$SLURM_CONF" >"$folder/slurmd.out.log" 2>&1 &
children+=($!)
idle() { [[ $(sinfo --noheader --format %T) == idle ]]; }
until_true 60 idle || fail "the node does not become idle"

"$gateproof" gateway --write "$folder/gateway" >"$folder/gateway.log" 2>&1 &
children+=($!)
until_true 30 grep -q 'serving until' "$folder/gateway.log" || fail "the gateway does not come up"
profile=$folder/gateway/embedded-desktop.json
choice=(--suite "tls,server,port" --report none)

"$gateproof" run "$profile" "${choice[@]}" --journal "$folder/whole.jsonl" --quiet || fail "the whole run"
GATEPROOF=$gateproof timeout 120 sbatch --wait --quiet --chdir="$folder/results" "$script" "$profile" \
    "$folder/results" "${choice[@]}" || fail "the job array"

grep -qs 'says Slurm (SLURM_ARRAY_TASK_ID=3, ' "$folder"/results/*.out || fail "the third task did not say its shard"
[[ $(ls -d "$folder"/results/shard-* | wc -l) == 4 ]] || fail "there are not four shards"
"$gateproof" merge "$folder"/results/shard-*/run.jsonl --out "$folder/merged.jsonl" || fail "merging"
compared=$("$gateproof" compare "$folder/whole.jsonl" "$folder/merged.jsonl" --strict) || fail "$compared"
[[ $compared == *"nothing changed"* ]] || fail "$compared"
echo "a Slurm array of four is the whole run"

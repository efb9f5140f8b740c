#!/bin/bash
# Another Debian, made from nothing: a root with the packages that every Debian has, the tree as a clean clone would be,
# and `./dev` in it, which installs what it needs.
# system.sh SUITE SOURCE OUT [STEP...]: steps are run (the default), unit and clang (builds all of it, to read the
# warnings). OUT gets the logs, the journal, and summary.md. As root, or as a user whom mmdebstrap lets make a root.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/clone_files.sh"
suite=$1
source=$2
out=$3
shift 3
steps=("$@")
if ((${#steps[@]} == 0)); then
    steps=(run)
fi

fail() {
    printf 'FAILED: %s\n' "$1"
    exit 1
}

# Where this machine gets Debian from; what it is told about proxies and the age of a mirror holds for the root as well.
mirror=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    sed -n 's/^Debian|Debian|//p' | head -n 1 || true)
mirror=${mirror:-http://deb.debian.org/debian}
options=()
while IFS= read -r line; do
    options+=("--aptopt=${line%;}")
done < <(apt-config dump | grep -E '^Acquire::((https?|ftp)::.*Proxy|Check-Valid-Until|Check-Date|Retries)' | grep -v ' "";$' || true)

rm -rf "$out"
mkdir -p "$out"
work=$(mktemp -d)
maker=
# mmdebstrap takes down what it has mounted when it is asked to end; what does not end in 10 s is ended.
clean_up() {
    local tries=0
    if [[ -n $maker ]] && kill -TERM -- "-$maker" 2>/dev/null; then
        while kill -0 -- "-$maker" 2>/dev/null && ((tries < 50)); do
            sleep 0.2
            tries=$((tries + 1))
        done
        kill -KILL -- "-$maker" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
(cd "$source" && clone_files |
    tar --create --null --files-from=- --transform='flags=r;s,^,src/,' --file="$work/tree.tar" --owner=0 --group=0)

# In namespaces of its own, as root: when the test is ended, nothing stays mounted and nothing goes on.
chmod 755 "$work"
apart=()
if ((EUID == 0)); then
    apart=(unshare --mount --pid --fork --kill-child --mount-proc)
fi
# The steps write their results into /result and always end with 0, so that the results come out of the root.
# A process group of its own can be ended as a whole, and bash heeds a signal at once while it waits for a job, but only
# afterwards while a command runs.
set -m
TMPDIR=$work "${apart[@]}" mmdebstrap --variant=minbase --format=null "${options[@]}" \
    --customize-hook="tar-in '$work/tree.tar' /" \
    --customize-hook="chroot \"\$1\" /bin/bash /src/tests/systems/inside.sh ${steps[*]}" \
    --customize-hook="tar-out /result '$work/result.tar'" \
    "$suite" /dev/null "$mirror" </dev/null &
maker=$!
set +m
wait "$maker" || fail "mmdebstrap could not make a root of $suite from $mirror"
maker=
tar --extract --file="$work/result.tar" --strip-components=1 --directory="$out"

cat "$out/summary.md"
for step in "${steps[@]}"; do
    [[ $(cat "$out/$step.status") == 0 ]] || fail "step $step, see $out/$step.log"
done
if [[ " ${steps[*]} " == *' run '* ]]; then
    # Judged is what the journal says, and not only the exit code: the run is whole, and nothing of it is but passed.
    last=$(tail -n 1 "$out/run.jsonl")
    [[ $last == *'"event":"run_ended"'* && $last == *'"reason":"complete"'* ]] ||
        fail "the journal does not end as a whole run does: $last"
    passed=$(grep -c '"event":"check_ended".*"outcome":"pass"' "$out/run.jsonl" || true)
    others=$(grep '"event":"check_ended"' "$out/run.jsonl" | grep -vc '"outcome":"pass"' || true)
    ((passed >= 100 && others == 0)) || fail "$passed checks passed, $others did not"
    printf 'the embedded gateway was judged: %s checks passed\n' "$passed"
fi

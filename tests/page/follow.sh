#!/bin/bash
# docs/adding-a-check.md, followed word for word in a copy of the tree: its blocks, then its own list of commands.
# follow.sh SOURCE OUT FILES CMAKE: FILES are those that the page changes, with commas between them; OUT gets the copy.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../support/clone_files.sh"
source=$1
out=$2
files=$3
cmake=$4
page=docs/adding-a-check.md

rm -rf "$out"
mkdir -p "$out"
(cd "$source" && clone_files | tar --create --null --files-from=-) | tar --extract --directory="$out"
cd "$out"
git -c init.defaultBranch=main init --quiet
git add --all
"$cmake" "-DROOT=$out" "-DPAGE=$page" "-DOUT=$out" "-DFILES=$files" -DMOST_LINES=120 -P tests/page/apply.cmake

# The indented lines that are no C++. What the page says will fail must.
mapfile -t commands < <(awk '/^```/ { fenced = !fenced } !fenced && /^    [^ ]/ { print substr($0, 5) }' "$page")
if ((${#commands[@]} == 0)); then
    printf 'FAILED: %s lists no command\n' "$page"
    exit 1
fi
for command in "${commands[@]}"; do
    expected=0
    if [[ $command == *'# fails'* ]]; then
        expected=1
    fi
    printf '== %s\n' "$command"
    begun=$SECONDS
    result=0
    bash -c "$command" || result=$?
    printf '== %s s\n' "$((SECONDS - begun))"
    if ((result != expected)); then
        printf 'FAILED: %s ended with %s instead of %s\n' "$command" "$result" "$expected"
        exit 1
    fi
done

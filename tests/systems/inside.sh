#!/bin/bash
# Runs in the root that system.sh makes. inside.sh STEP...
set -uo pipefail
cd /src || exit 1
mkdir -p /result
export LC_ALL=C.UTF-8 HOME=/root CI=true

# step NAME COMMAND...: its output goes to the terminal and to NAME.log, its exit code to NAME.status.
step() {
    local name=$1
    shift
    printf '== %s: %s\n' "$name" "$*"
    "$@" 2>&1 | tee "/result/$name.log"
    echo "${PIPESTATUS[0]}" >"/result/$name.status"
}

every_warning() { # -Werror makes one an error
    . ./dev help >/dev/null
    need "${packages_build[@]}" @clang
    configure clang
    build clang
}

for name in "$@"; do
    case $name in
        run) step run ./dev run && cp gateproof-out/run.jsonl /result ;;
        unit) step unit ./dev test unit ;;
        clang) step clang bash -c "$(declare -f every_warning); every_warning" ;;
    esac
done

version_of() { dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$1" 2>/dev/null | sed -nE 's/^installed ([0-9]+:)?([0-9.]+[0-9]).*/\2/p' | sort -V | tail -n 1; }
said() { # of a step, in a few words
    if [[ ! -e /result/$1.log ]]; then
        echo 'not run'
    elif [[ $(cat "/result/$1.status") != 0 ]]; then
        echo "FAILED, exit code $(cat "/result/$1.status")"
    else
        sed -nE "$2" "/result/$1.log" | tail -n 1
    fi
}
. /etc/os-release
{
    printf '| %s | |\n| --- | --- |\n' "$PRETTY_NAME"
    printf '| Boost | %s |\n' "$(version_of 'libboost1.*-dev')"
    printf '| fmt | %s |\n' "$(version_of libfmt-dev)"
    printf '| OpenSSL | %s |\n' "$(version_of libssl-dev)"
    printf '| libcurl | %s |\n' "$(version_of libcurl4-openssl-dev)"
    printf '| g++ | %s |\n' "$(g++ -dumpfullversion)"
    printf '| `./dev run` | %s |\n' "$(said run '/[Cc]hecks/p')"
    if [[ " $* " == *' unit '* ]]; then
        printf '| `./dev test unit` | %s |\n' "$(said unit 's/^([0-9]+% tests passed, .*)$/\1/p')"
    fi
    if [[ " $* " == *' clang '* ]]; then
        printf '| everything built with clang %s | %s |\n' "$(version_of 'clang-[0-9]*')" "$(said clang '$s/.*/no warning/p')"
    fi
} >/result/summary.md
exit 0

# bash completion for gateproof(1)

# Suite and check ids, as the program itself lists them.
_gateproof_ids() {
    "${COMP_WORDS[0]}" list 2>/dev/null | sed -n 's/^ *\([a-z0-9][a-z0-9.-]*\).*/\1/p'
}

_gateproof_faults() {
    "${COMP_WORDS[0]}" list --faults 2>/dev/null | sed -n 's/^\([a-z0-9][a-z0-9.-]*\): .*/\1/p'
}

_gateproof_words() {
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "${COMP_WORDS[COMP_CWORD]}")
}

_gateproof_files() {
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen "${2:--f}" -- "${COMP_WORDS[COMP_CWORD]}")
    if [[ -n $1 ]]; then
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$1" -- "${COMP_WORDS[COMP_CWORD]}")
    fi
}

_gateproof() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' word i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; ++i)); do
        word=${COMP_WORDS[i]}
        case $word in
            run | plan | list | report | gateway | profile | init | selftest | compare)
                command=$word
                break
                ;;
        esac
    done
    case $previous in
        --suite) _gateproof_words "$(_gateproof_ids | grep -v '\.')" && return ;;
        --check | --exclude) _gateproof_words "$(_gateproof_ids)" && return ;;
        --fault) _gateproof_words "$(_gateproof_faults)" && return ;;
        --allow) _gateproof_words 'active load active,load' && return ;;
        --format)
            if [[ $command == compare ]]; then
                _gateproof_words 'text json markdown'
            else
                _gateproof_words 'console html junit json markdown csv prometheus'
            fi
            return
            ;;
        --report) _gateproof_words 'html junit json markdown csv prometheus none' && return ;;
        --environment) _gateproof_words 'sandbox mock test production' && return ;;
        --channel) _gateproof_words 'cloud desktop' && return ;;
        --write) _gateproof_files '' -d && return ;;
        --out)
            if [[ $command == run ]]; then
                _gateproof_files '' -d
            else
                _gateproof_files ''
            fi
            return
            ;;
        --junit | --journal | --known | --certificate | --key | --ca) _gateproof_files '' && return ;;
        --jobs | --deadline | --seed | --url | --control-path | --passphrase-env | --address | --cloud-port | --desktop-port | --mock-port) return ;;
    esac
    local builtin='embedded-cloud embedded-desktop embedded-mock mock cloud-test desktop-test cloud-production desktop-production'
    local choose='--suite --check --exclude --allow --fault'
    case $command in
        '') _gateproof_words 'run plan list report gateway profile init selftest compare --version --help' ;;
        run)
            if [[ $current == -* ]]; then
                _gateproof_words "$choose --out --report --junit --journal --strict --jobs --deadline --seed --verbose --quiet --help"
            else
                _gateproof_files "$builtin"
            fi
            ;;
        plan)
            if [[ $current == -* ]]; then
                _gateproof_words "$choose --json --help"
            else
                _gateproof_files "$builtin"
            fi
            ;;
        list) _gateproof_words '--requirements --faults --json --markdown --help' ;;
        report)
            if [[ $current == -* ]]; then
                _gateproof_words '--format --out --verbose --help'
            else
                _gateproof_files ''
            fi
            ;;
        compare)
            if [[ $current == -* ]]; then
                _gateproof_words '--known --format --out --strict --help'
            else
                _gateproof_files ''
            fi
            ;;
        gateway) _gateproof_words '--address --cloud-port --desktop-port --mock-port --fault --write --help' ;;
        profile)
            if [[ $current == -* ]]; then
                _gateproof_words '--no-secrets --help'
            elif [[ " ${COMP_WORDS[*]:0:COMP_CWORD} " != *' validate '* ]]; then
                _gateproof_words 'validate'
            else
                _gateproof_files "$builtin"
            fi
            ;;
        selftest) _gateproof_words '--fault --jobs --json --markdown --html --soak --help' ;;
        init)
            if [[ $current == -* ]]; then
                _gateproof_words '--environment --channel --url --certificate --key --passphrase-env --ca --control-path --force --help'
            else
                _gateproof_files ''
            fi
            ;;
    esac
}

complete -F _gateproof gateproof

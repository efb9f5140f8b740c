# bash completion for gateproof(1)

# Suite and check ids, as the program itself lists them; of client software alone for the command client.
_gateproof_ids() {
    local side=()
    [[ $1 == client ]] && side=(--side client)
    "${COMP_WORDS[0]}" list "${side[@]}" 2>/dev/null | sed -n 's/^ *\([a-z0-9][a-z0-9.-]*\).*/\1/p'
}

_gateproof_faults() {
    "${COMP_WORDS[0]}" list --faults 2>/dev/null | sed -n 's/^\([a-z0-9][a-z0-9.-]*\): .*/\1/p'
}

_gateproof_versions() {
    "${COMP_WORDS[0]}" list --requirements 2>/dev/null | sed -n 's/^Catalogue \([^:]*\): .*/\1/p'
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
            run | plan | list | explain | report | gateway | profile | doctor | init | client | login | selftest | compare | merge | history | rotate-check | pack | verify | known)
                command=$word
                break
                ;;
        esac
    done
    local builtin='embedded-cloud embedded-desktop embedded-mock embedded-production embedded-client-cloud embedded-client-desktop mock cloud-test desktop-test cloud-production desktop-production'
    case $previous in
        --profile) _gateproof_files "$builtin" && return ;;
        --sign-as) _gateproof_words 'enrolled second' && return ;;
        --suite) _gateproof_words "$(_gateproof_ids | grep -v '\.')" && return ;;
        --check | --exclude) _gateproof_words "$(_gateproof_ids "$command")" && return ;;
        --requirements) [[ $command == run || $command == plan || $command == rotate-check ]] && _gateproof_words "$(_gateproof_versions)" && return ;;
        --fault) _gateproof_words "$(_gateproof_faults)" && return ;;
        --shard) _gateproof_words 'auto' && return ;;
        --fail-on) _gateproof_words 'fail warning inconclusive error skipped excluded partial never' && return ;;
        --accept) _gateproof_words 'incomplete partial failed inconclusive embedded' && return ;;
        --addresses) _gateproof_words 'all first' && return ;;
        --allow)
            if [[ $command == doctor ]]; then
                _gateproof_words 'run'
            else
                _gateproof_words 'active load run active,load'
            fi
            return
            ;;
        --side) _gateproof_words 'gateway client' && return ;;
        --format)
            if [[ $command == compare ]]; then
                _gateproof_words 'text json markdown'
            elif [[ $command == history ]]; then
                _gateproof_words 'text json'
            else
                _gateproof_words 'console html junit json markdown csv hand-in prometheus'
            fi
            return
            ;;
        --report) _gateproof_words 'html junit json markdown csv hand-in prometheus none' && return ;;
        --only) _gateproof_words 'fail inconclusive error not-run warning pass skipped' && return ;;
        --with) _gateproof_words 'oauth m2m permissions scenarios oauth,m2m,permissions,scenarios' && return ;;
        --environment) _gateproof_words 'sandbox mock test production embedded' && return ;;
        --channel) _gateproof_words 'cloud desktop' && return ;;
        --service) _gateproof_words 'gst irv customer bill income document notifications pir tds aim incometax iir pie employment-information employment intermediation' && return ;;
        --services-from) _gateproof_files '' -d && return ;;
        --moment) _gateproof_words 'before during after' && return ;;
        --by) _gateproof_words 'url proxy' && return ;;
        --write | --history) _gateproof_files '' -d && return ;;
        --out)
            if [[ $command == run || $command == rotate-check ]]; then
                _gateproof_files '' -d
            else
                _gateproof_files ''
            fi
            return
            ;;
        --junit | --journal | --resume | --rerun | --known | --attest | --certificate | --key | --ca | --old | --new | --old-key | --new-key | --old-sessions | --baseline) _gateproof_files '' && return ;;
        --approved-authority | --case | --port | --for | --visits | --shards | --tester | --history-keep | --jobs | --deadline | --seed | --step-wait | --wait | --user | --url | --control-path | --proxy | --passphrase-env | --address | --cloud-port | --desktop-port | --mock-port | --timeout-scale | --repeat | --max-connections | --allow-source | --expires) return ;;
    esac
    local choose='--suite --check --exclude --requirements --allow --fault --addresses --timeout-scale --repeat --quick --interactive'
    case $command in
        '') _gateproof_words 'run plan list explain report gateway profile doctor init client login selftest compare merge history rotate-check pack verify known --version --help' ;;
        run)
            if [[ $current == -* ]]; then
                _gateproof_words "$choose --shard --shards --resume --rerun --only --attest --tester --history --history-keep --fail-on --known --known-strict --out --report --junit --journal --strict --jobs --deadline --seed --step-wait --no-browser --verbose --quiet --help"
            else
                _gateproof_files "$builtin"
            fi
            ;;
        plan)
            if [[ $current == -* ]]; then
                _gateproof_words "$choose --shard --shards --json --help"
            else
                _gateproof_files "$builtin"
            fi
            ;;
        list) _gateproof_words '--requirements --faults --side --json --markdown --help' ;;
        explain)
            if [[ $current == -* ]]; then
                _gateproof_words '--json --markdown --help'
            else
                _gateproof_words "$("${COMP_WORDS[0]}" explain --json 2>/dev/null | sed -n 's/^  "\([^" ]*\)",*$/\1/p')"
            fi
            ;;
        report)
            if [[ $current == -* ]]; then
                _gateproof_words '--format --out --known --known-strict --history --verbose --help'
            else
                _gateproof_files ''
            fi
            ;;
        history)
            if [[ $current == -* ]]; then
                _gateproof_words '--format --help'
            else
                _gateproof_files '' -d
            fi
            ;;
        merge)
            if [[ $current == -* ]]; then
                _gateproof_words '--out --attest --fail-on --strict --known --known-strict --quiet --help'
            else
                _gateproof_files ''
            fi
            ;;
        compare)
            if [[ $current == -* ]]; then
                _gateproof_words '--known --known-strict --format --out --strict --help'
            else
                _gateproof_files ''
            fi
            ;;
        gateway) _gateproof_words '--address --cloud-port --desktop-port --mock-port --fault --timeout-scale --max-connections --allow-source --pages-by-script --write --help' ;;
        profile)
            if [[ $current == -* ]]; then
                _gateproof_words '--no-secrets --help'
            elif [[ " ${COMP_WORDS[*]:0:COMP_CWORD} " != *' validate '* ]]; then
                _gateproof_words 'validate'
            else
                _gateproof_files "$builtin"
            fi
            ;;
        doctor)
            if [[ $current == -* ]]; then
                _gateproof_words '--allow --fault --json --help'
            else
                _gateproof_files "$builtin"
            fi
            ;;
        known)
            if [[ $current == -* ]]; then
                _gateproof_words '--expires --skips --force --help'
            elif [[ " ${COMP_WORDS[*]:0:COMP_CWORD} " != *' init '* && " ${COMP_WORDS[*]:0:COMP_CWORD} " != *' update '* ]]; then
                _gateproof_words 'init update'
            else
                _gateproof_files ''
            fi
            ;;
        rotate-check) _gateproof_words '--profile --old --old-key --old-passphrase-env --new --new-key --new-passphrase-env --moment --old-sessions --old-revoked --approved-authority --requirements --baseline --out --fail-on --known --known-strict --strict --interactive --step-wait --quiet --help' ;;
        pack)
            if [[ $current == -* ]]; then
                _gateproof_words '--out --sign-as --profile --known --known-strict --attest --accept --partial --help'
            else
                _gateproof_files ''
            fi
            ;;
        verify)
            if [[ $current == -* ]]; then
                _gateproof_words '--ca --signer --signer-cert --at --complete --json --help'
            else
                _gateproof_files ''
            fi
            ;;
        login)
            if [[ $previous == --profile ]]; then
                _gateproof_files "$builtin"
            else
                _gateproof_words '--profile --user --out --wait --no-browser --help'
            fi
            ;;
        selftest) _gateproof_words '--side --fault --jobs --alone --soak --json --markdown --html --help' ;;
        client)
            if [[ $current == -* ]]; then
                if [[ " ${COMP_WORDS[*]:0:COMP_CWORD} " == *' serve '* ]]; then
                    _gateproof_words '--check --case --port --for --visits --help'
                else
                    _gateproof_words '--channel --host --by --pki --permit-govt-nz --force --help'
                fi
            elif [[ " ${COMP_WORDS[*]:0:COMP_CWORD} " != *' init '* && " ${COMP_WORDS[*]:0:COMP_CWORD} " != *' serve '* ]]; then
                _gateproof_words 'init serve'
            else
                _gateproof_files ''
            fi
            ;;
        init)
            if [[ $current == -* ]]; then
                _gateproof_words '--environment --channel --url --host --certificate --key --passphrase-env --ca --proxy --control-path --service --services-from --with --set --force --help'
            else
                _gateproof_files ''
            fi
            ;;
    esac
}

complete -F _gateproof gateproof

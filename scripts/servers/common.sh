# Shared by the scripts beside it; sourced, not run.
#
#   scripts/servers/NAME.sh install            get the server into the cache folder, if absent
#   scripts/servers/NAME.sh start PORT FOLDER  start it on 127.0.0.1, wait until it answers
#   scripts/servers/NAME.sh stop FOLDER        stop it (FOLDER keeps its data)
#   scripts/servers/NAME.sh kill FOLDER        stop it as a power cut would
#
# The cache folder is $PSS_KG_SERVERS, or ~/.cache/pss-kg/servers. FOLDER holds the data, the
# log (server.log) and the process id (server.pid). Nothing listens beyond loopback.

set -eu
CACHE=${PSS_KG_SERVERS:-${XDG_CACHE_HOME:-$HOME/.cache}/pss-kg/servers}
HEAP=${PSS_KG_SERVER_HEAP:-2g}

fail() {
    echo "$0: $*" >&2
    exit 1
}

need() { # need PROGRAM WHAT-FOR
    command -v "$1" >/dev/null 2>&1 || fail "$1 is missing: $2"
}

copy_artifact() { # copy_artifact GROUP:NAME:VERSION[:TYPE] FOLDER
    need mvn "apt-get install maven"
    mvn -B -q dependency:copy -Dartifact="$1" -DoutputDirectory="$2" >&2
}

free() { # free PORT: nothing else answers there
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
        fail "port $1 is taken"
    fi
}

wait_for() { # wait_for FOLDER URL: until it answers with any status but a refused connection
    process=$(cat "$1/server.pid")
    for _ in $(seq 1 600); do
        if ! kill -0 "$process" 2>/dev/null; then
            tail -n 20 "$1/server.log" >&2
            fail "the server ended before it answered; its log is $1/server.log"
        fi
        status=$(curl -s -o /dev/null -w '%{http_code}' --max-time 5 "$2" || true)
        case $status in
        2*) return 0 ;;
        esac
        sleep 0.1
    done
    fail "no answer from $2 within a minute; its log is $1/server.log"
}

stop_process() { # stop_process FOLDER SIGNAL
    [ -f "$1/server.pid" ] || return 0
    process=$(cat "$1/server.pid")
    kill "-$2" "$process" 2>/dev/null || true
    for _ in $(seq 1 300); do
        kill -0 "$process" 2>/dev/null || break
        sleep 0.1
    done
    if kill -0 "$process" 2>/dev/null; then
        kill -KILL "$process" 2>/dev/null || true
    fi
    rm -f "$1/server.pid"
}

run() { # run install|start|stop|kill ...: calls install_server and start_server of the script
    case ${1:-} in
    install) install_server ;;
    start)
        [ $# -eq 3 ] || fail "usage: $0 start PORT FOLDER"
        install_server
        mkdir -p "$3"
        free "$2"
        start_server "$2" "$(cd "$3" && pwd)"
        ;;
    stop) stop_process "${2:?FOLDER}" TERM ;;
    kill) stop_process "${2:?FOLDER}" KILL ;;
    *) fail "usage: $0 install | start PORT FOLDER | stop FOLDER | kill FOLDER" ;;
    esac
}

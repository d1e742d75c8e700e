#!/usr/bin/env bash
# Oxigraph server, from PyPI. Query at /query, update at /update, Graph Store at /store.
. "$(dirname "$0")/common.sh"
VERSION=0.5.13

install_server() {
    [ -x "$CACHE/oxigraph/bin/oxigraph" ] && return 0
    need python3 "apt-get install python3-venv"
    python3 -m venv "$CACHE/oxigraph" && "$CACHE/oxigraph/bin/pip" install -q "oxigraph==$VERSION" >&2
}

start_server() { # PORT FOLDER
    setsid "$CACHE/oxigraph/bin/oxigraph" serve --location "$2/store" --bind "127.0.0.1:$1" \
        >"$2/server.log" 2>&1 </dev/null &
    echo $! >"$2/server.pid"
    wait_for "$2" "http://127.0.0.1:$1/query?query=ASK%7B%7D"
    echo "http://127.0.0.1:$1"
}

run "$@"

#!/usr/bin/env bash
# Apache Jena Fuseki with one TDB2 dataset named pss-kg. Query at /pss-kg/query, update at
# /pss-kg/update, Graph Store at /pss-kg/data. Jena 5 is the last that runs on Java 17.
. "$(dirname "$0")/common.sh"
VERSION=5.6.0

install_server() {
    [ -f "$CACHE/fuseki/jena-fuseki-server-$VERSION.jar" ] && return 0
    copy_artifact "org.apache.jena:jena-fuseki-server:$VERSION" "$CACHE/fuseki"
}

start_server() { # PORT FOLDER
    need java "apt-get install default-jre-headless"
    mkdir -p "$2/tdb2"
    cd "$2"
    # The page for people is switched off; without it Fuseki writes nothing beside the data.
    FUSEKI_BASE="$2/run" setsid java "-Xmx$HEAP" -cp "$CACHE/fuseki/jena-fuseki-server-$VERSION.jar" \
        org.apache.jena.fuseki.main.cmds.FusekiServerCmd \
        --localhost --port "$1" --ping --update --tdb2 --loc "$2/tdb2" /pss-kg \
        >"$2/server.log" 2>&1 </dev/null &
    echo $! >"$2/server.pid"
    wait_for "$2" "http://127.0.0.1:$1/\$/ping"
    echo "http://127.0.0.1:$1/pss-kg"
}

run "$@"

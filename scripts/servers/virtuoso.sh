#!/usr/bin/env bash
# Virtuoso 7, from Debian. Query at /sparql, update at /sparql-auth, Graph Store at
# /sparql-graph-crud-auth, the last two with digest authentication (user dba, password
# $PSS_KG_VIRTUOSO_PASSWORD or "dba"). SQL (isql-vt) on the HTTP port + 1.
#
# The packages are unpacked into the cache folder: nothing is installed, no service is started.
. "$(dirname "$0")/common.sh"
PASSWORD=${PSS_KG_VIRTUOSO_PASSWORD:-dba}
ROOT=$CACHE/virtuoso

install_server() {
    [ -x "$ROOT/usr/bin/virtuoso-t" ] && return 0
    need apt-get "Virtuoso is taken from Debian"
    mkdir -p "$ROOT/packages"
    (
        cd "$ROOT/packages"
        libraries=$(apt-cache depends virtuoso-opensource-7-bin |
            sed -n 's/^ *Depends: \(lib[a-z0-9.+-]*\)$/\1/p' | grep -v '^libc6$')
        [ -n "$libraries" ] || fail "no package virtuoso-opensource-7-bin; run apt-get update"
        # shellcheck disable=SC2086
        apt-get download -q virtuoso-opensource-7-bin $libraries >&2
    )
    for package in "$ROOT"/packages/lib*.deb "$ROOT"/packages/virtuoso*.deb; do
        dpkg -x "$package" "$ROOT"
    done
}

libraries() {
    machine=$(uname -m)-linux-gnu
    echo "$ROOT/usr/lib/$machine:$ROOT/lib/$machine"
}

virtuoso() { # FOLDER OPTIONS
    folder=$1
    shift
    LD_LIBRARY_PATH=$(libraries) exec setsid "$ROOT/usr/bin/virtuoso-t" +configfile "$folder/virtuoso.ini" \
        +wait +foreground "$@"
}

start_server() { # PORT FOLDER
    # 85,000 buffers of 8 kB are about 700 MB. The log of transactions is kept until the next
    # checkpoint, so a kill loses nothing that was committed.
    cat >"$2/virtuoso.ini" <<INI
[Database]
DatabaseFile = $2/virtuoso.db
ErrorLogFile = $2/virtuoso.log
LockFile = $2/virtuoso.lck
TransactionFile = $2/virtuoso.trx
xa_persistent_file = $2/virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 20000
Striping = 0
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = $2/virtuoso-temp.db
TransactionFile = $2/virtuoso-temp.trx

[Parameters]
ServerPort = 127.0.0.1:$(($1 + 1))
DisableUnixSocket = 1
NumberOfBuffers = 85000
MaxDirtyBuffers = 65000
MaxMemPoolSize = 200000000
MaxQueryMem = 1G
ServerThreads = 20
ThreadsPerQuery = 2
CheckpointInterval = 60
DirsAllowed = $2, ${PSS_KG_VIRTUOSO_DIRS:-$2}

[HTTPServer]
ServerPort = 127.0.0.1:$1
ServerRoot = $2
ServerThreads = 10
MaxKeepAlives = 10
KeepAliveTimeout = 10
Charset = UTF-8

[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryCostEstimationTime = 0
MaxQueryExecutionTime = 600
INI
    # A lock file that a killed server left would stop the next start.
    rm -f "$2/virtuoso.lck"
    if [ ! -f "$2/virtuoso.db" ]; then # makes the database, sets the passwords and ends
        (virtuoso "$2" +pwdold dba +pwddba "$PASSWORD" +pwddav "$PASSWORD") >"$2/server.log" 2>&1 ||
            { tail -n 20 "$2/server.log" >&2; fail "no database could be made"; }
    fi
    virtuoso "$2" >"$2/server.log" 2>&1 </dev/null &
    echo $! >"$2/server.pid"
    wait_for "$2" "http://127.0.0.1:$1/sparql?query=ASK%7B%7D"
    echo "http://127.0.0.1:$1"
}

sql() { # sql PORT FILE: for the bulk loader; isql-vt is a client of the SQL port
    LD_LIBRARY_PATH=$(libraries) "$ROOT/usr/bin/isql-vt" "127.0.0.1:$(($1 + 1))" dba "$PASSWORD" "$2"
}

if [ "${1:-}" = sql ]; then
    shift
    sql "$@"
else
    run "$@"
fi

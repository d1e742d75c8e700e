#!/usr/bin/env bash
# Eclipse RDF4J server with one native store named pss-kg, at /repositories/pss-kg. The last
# version whose server is in Maven is 3.7; it runs in Jetty, on Java 8 to 17.
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/common.sh"
JETTY=9.4.57.v20241219

install_server() {
    [ -f "$CACHE/rdf4j/ready" ] && return 0
    need mvn "apt-get install maven"
    copy_artifact "org.eclipse.jetty:jetty-runner:$JETTY" "$CACHE/rdf4j"
    mvn -B -q -f "$HERE/rdf4j/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
        -DoutputDirectory="$CACHE/rdf4j/lib" >&2
    : >"$CACHE/rdf4j/ready"
}

start_server() { # PORT FOLDER
    need java "apt-get install default-jre-headless"
    rm -rf "$2/webapp"
    cp -r "$HERE/rdf4j/webapp" "$2/webapp"
    ln -s "$CACHE/rdf4j/lib" "$2/webapp/WEB-INF/lib"
    # Spring makes classes at run time, which Java 16 and later allow by this option only.
    setsid java "-Xmx$HEAP" --add-opens java.base/java.lang=ALL-UNNAMED \
        "-Dorg.eclipse.rdf4j.appdata.basedir=$2/data" \
        -jar "$CACHE/rdf4j/jetty-runner-$JETTY.jar" --host 127.0.0.1 --port "$1" "$2/webapp" \
        >"$2/server.log" 2>&1 </dev/null &
    echo $! >"$2/server.pid"
    wait_for "$2" "http://127.0.0.1:$1/protocol"
    repository=http://127.0.0.1:$1/repositories/pss-kg
    curl -sf -o /dev/null "$repository/size" ||
        curl -sf -X PUT -H 'Content-Type: text/turtle' --data-binary "@$HERE/rdf4j/repository.ttl" "$repository"
    echo "$repository"
}

run "$@"

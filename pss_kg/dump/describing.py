"""What a dump says of itself: VoID for the datasets, DCAT for the files, SPDX for the checksums.

W3C VoID (2011), DCAT 3 (6.8 Distribution, 6.17 Checksum). No blank nodes, no times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pss_kg.iris import encode
from pss_kg.manifest import Manifest
from pss_kg.terms import integer, iri, literal, non_negative
from pss_kg.vocabulary import DCAT, DCTERMS, PREFIXES, RDF, VOID, XSD, compact

if TYPE_CHECKING:
    from pss_kg.dump.writing import Dumped

SPDX = "http://spdx.org/rdf/terms#"
_IANA = "https://www.iana.org/assignments/media-types/"
_TYPE = f"<{RDF}type>"


def description(dumped: Dumped, manifest: Manifest, url: str) -> bytes:
    """`void.ttl`. `url` is where the folder will be published."""
    from pyoxigraph import RdfFormat, parse, serialize

    lines = "".join(f"{triple} .\n" for triple in triples(dumped, manifest, url.rstrip("/") + "/"))
    quads = parse(lines.encode(), format=RdfFormat.N_TRIPLES)
    wanted = ("dcat", "dcterms", "void", "xsd")
    prefixes = {prefix: PREFIXES[prefix] for prefix in wanted} | {"spdx": SPDX}
    turtle = serialize((quad.triple for quad in quads), format=RdfFormat.TURTLE, prefixes=prefixes)
    assert turtle is not None
    return turtle


def triples(dumped: Dumped, manifest: Manifest, url: str) -> Iterator[str]:
    """The triples without their dots, in a fixed order."""
    whole = f"<{dumped.base}dataset>"
    yield f"{whole} {_TYPE} <{VOID}Dataset>"
    yield f"{whole} {_TYPE} <{DCAT}Dataset>"
    yield f"{whole} <{DCTERMS}title> {literal('Knowledge graph of articles and citations', 'en')}"
    yield f"{whole} <{DCTERMS}identifier> {literal(f'sha256:{dumped.digest}')}"
    yield f"{whole} <{VOID}triples> {integer(dumped.quads)}"
    yield f"{whole} <{VOID}uriSpace> {literal(dumped.base)}"
    used = sorted({predicate for graph in dumped.graphs for predicate in graph.predicates})
    yield from _vocabularies(whole, [*used, *manifest.classes])
    for graph in dumped.graphs:
        yield f"{whole} <{VOID}subset> {iri(graph.iri)}"
    for graph in dumped.graphs:
        node = iri(graph.iri)
        yield f"{node} {_TYPE} <{VOID}Dataset>"
        yield f"{node} <{DCTERMS}title> {literal(f'graph/{graph.name}')}"
        yield f"{node} <{VOID}triples> {integer(graph.quads)}"
        yield f"{node} <{VOID}properties> {integer(len(graph.predicates))}"
        yield from _vocabularies(node, graph.predicates)
        if graph.name == "main":
            yield from _classes(node, dumped.base, manifest)
        for file in graph.files:
            yield f"{node} <{VOID}dataDump> {iri(url + file.path)}"
            yield f"{whole} <{DCAT}distribution> {iri(f'{dumped.base}dump/{file.path}')}"
    for graph in dumped.graphs:
        for file in graph.files:
            node = f"{dumped.base}dump/{file.path}"
            checksum = iri(f"{node}/sha256")
            yield f"{iri(node)} {_TYPE} <{DCAT}Distribution>"
            yield f"{iri(node)} <{DCTERMS}title> {literal(file.path)}"
            yield f"{iri(node)} <{DCAT}downloadURL> {iri(url + file.path)}"
            yield f"{iri(node)} <{DCAT}mediaType> <{_IANA}{file.media_type}>"
            yield f"{iri(node)} <{DCAT}compressFormat> <{_IANA}application/gzip>"
            yield f"{iri(node)} <{DCAT}byteSize> {non_negative(file.bytes)}"
            yield f"{iri(node)} <{SPDX}checksum> {checksum}"
            yield f"{checksum} {_TYPE} <{SPDX}Checksum>"
            yield f"{checksum} <{SPDX}algorithm> <{SPDX}checksumAlgorithm_sha256>"
            yield f"{checksum} <{SPDX}checksumValue> {literal(file.sha256, datatype=XSD + 'hexBinary')}"


def _vocabularies(node: str, terms: Iterable[str]) -> Iterator[str]:
    """The namespaces of the prefix map that these terms are in. rdf: itself is none to name."""
    found = {
        namespace
        for term in terms
        for namespace in PREFIXES.values()
        if term.startswith(namespace) and namespace not in (RDF, XSD)
    }
    for namespace in sorted(found):
        yield f"{node} <{VOID}vocabulary> <{namespace}>"


def _classes(node: str, base: str, manifest: Manifest) -> Iterator[str]:
    parts = {
        name: f"<{base}dataset/class/{encode(compact(name).replace(':', '-'))}>"
        for name in sorted(manifest.classes)
    }
    yield f"{node} <{VOID}classes> {integer(len(parts))}"
    for part in parts.values():
        yield f"{node} <{VOID}classPartition> {part}"
    for name, part in parts.items():
        yield f"{part} <{VOID}class> {iri(name)}"
        yield f"{part} <{VOID}entities> {integer(manifest.classes[name])}"

"""A network as nodes.csv and edges.csv, as GraphML, and as VOSviewer's map and network files.

GraphML after its specification (graphml.graphdrawing.org), written as a stream. VOSviewer after
its manual: tab-separated, ids are whole numbers, the network file has no header.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from pss_kg.listing.item import doi_page
from pss_kg.listing.network import Network
from pss_kg.listing.output import replaced
from pss_kg.workspace import storage_errors

NODE_COLUMNS = ("id", "label", "title", "pmid", "doi", "year", "described", "citations")
EDGE_COLUMNS = ("source", "target", "type", "weight")
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_TYPES = {"described": "boolean", "citations": "int", "year": "int", "weight": "int"}
# XML 1.0 has no place for these, not even escaped.
_NO_XML = {
    c: " " for c in (*range(0x20), 0x7F, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF) if c not in (9, 10, 13)
}
_BLANKS = str.maketrans(dict.fromkeys("\t\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", " "))


def write_csv(network: Network, folder: Path) -> tuple[int, int]:
    """nodes.csv and edges.csv in the folder, RFC 4180 with a header. Returns how many of each."""
    nodes = ([getattr(node, name) for name in NODE_COLUMNS] for node in network.nodes())
    edges = ((edge.source_id, edge.target_id, edge.type, edge.weight) for edge in network.edges())
    return _rows(
        folder,
        (
            "nodes.csv",
            [NODE_COLUMNS],
            ([str(v).lower() if isinstance(v, bool) else v for v in row] for row in nodes),
        ),
        ("edges.csv", [EDGE_COLUMNS], edges),
        delimiter=",",
    )


def write_vosviewer(network: Network, folder: Path) -> tuple[int, int]:
    """map.txt and network.txt in the folder; a link's strength is the number of relations."""
    heads = ("id", "label", "description", "url", "weight<Citations>")
    nodes = (
        (
            node.number,
            node.label.translate(_BLANKS),
            node.title.translate(_BLANKS),
            doi_page(node.doi) if node.doi else "",
            node.citations,
        )
        for node in network.nodes()
    )
    return _rows(folder, ("map.txt", [heads], nodes), ("network.txt", [], _links(network)), delimiter="\t")


def _links(network: Network) -> Iterator[tuple[int, int, int]]:
    """Each pair once, as VOSviewer wants it: two that cite each other stand with the smaller number."""
    source, links = 0, dict[int, int]()
    for edge in network.edges():
        if edge.source != source:
            yield from _strengths(network, source, links)
            source, links = edge.source, {}
        if edge.source != edge.target:
            links[edge.target] = links.get(edge.target, 0) + edge.weight
    yield from _strengths(network, source, links)


def _strengths(network: Network, source: int, links: dict[int, int]) -> Iterator[tuple[int, int, int]]:
    for target, strength in sorted(links.items()):
        back = network.strength(target, source)
        if not back or source < target:
            yield source, target, strength + back


File = tuple[str, list[tuple[str, ...]], Iterable[Iterable[object]]]
"""Name, header rows, rows."""


def _rows(folder: Path, first: File, second: File, delimiter: str) -> tuple[int, int]:
    """Both files, or neither: they take their places when both are written."""
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    counts = []
    with ExitStack() as stack:
        for name, head, rows in (first, second):
            out = stack.enter_context(replaced(folder / name))
            piece = io.StringIO(newline="")
            # RFC 4180 ends lines in CRLF; VOSviewer takes both.
            writer = csv.writer(piece, delimiter=delimiter, lineterminator="\r\n")
            writer.writerows(head)
            count = 0
            for row in rows:
                writer.writerow(row)
                count += 1
                out.write(_taken(piece))
            out.write(_taken(piece))
            counts.append(count)
    return counts[0], counts[1]


def _taken(piece: io.StringIO) -> bytes:
    text = piece.getvalue()
    piece.seek(0)
    piece.truncate()
    return text.encode("utf-8", "replace")


def write_graphml(network: Network, out: IO[bytes]) -> tuple[int, int]:
    """GraphML, nodes first. A value that is not known has no data element. Returns how many of each."""
    from lxml import etree

    nodes = edges = 0
    with etree.xmlfile(out, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("graphml", nsmap={None: _GRAPHML}):
            xml.write("\n")
            for domain, names in (("node", NODE_COLUMNS[1:]), ("edge", EDGE_COLUMNS[2:])):
                for name in names:
                    kind = _TYPES.get(name, "string")
                    said = {"id": name, "for": domain, "attr.name": name, "attr.type": kind}
                    with xml.element("key", said):
                        pass
                    xml.write("\n")
            with xml.element("graph", {"id": "citations", "edgedefault": "directed"}):
                xml.write("\n")
                for node in network.nodes():
                    nodes += 1
                    with xml.element("node", {"id": node.id}):
                        for name in NODE_COLUMNS[1:]:
                            _data(xml, name, getattr(node, name))
                    xml.write("\n")
                for edge in network.edges():
                    edges += 1
                    with xml.element("edge", {"source": edge.source_id, "target": edge.target_id}):
                        _data(xml, "type", edge.type)
                        _data(xml, "weight", edge.weight)
                    xml.write("\n")
    out.write(b"\n")
    return nodes, edges


def _data(xml: Any, name: str, value: str | int | bool) -> None:
    text = str(value).lower() if isinstance(value, bool) else str(value).translate(_NO_XML)
    if text:
        with xml.element("data", {"key": name}):
            xml.write(text)

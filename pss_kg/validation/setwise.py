"""Runs SPARQL constraints on an in-memory Oxigraph, each query once for all its focus nodes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from pss_kg.errors import GraphError
from pss_kg.validation.results import Raw, malformed
from pss_kg.validation.rules import Index, Reached, Rule, Term, key
from pss_kg.vocabulary import RDF, RDFS, SH

_PRIVATE = "urn:pss-kg:sparql:"
_SHAPES = ox.NamedNode(f"{_PRIVATE}shapes-graph")
_THIS, _VALUE = ox.NamedNode(f"{_PRIVATE}this"), ox.NamedNode(f"{_PRIVATE}value")
_TYPE = f"<{RDF}type>"
_PIECE = 8 << 20
_SUBCLASS = f"<{RDFS}subClassOf>"


class DataStore:
    """A data graph in Oxigraph, and the forms of its literals that Oxigraph does not keep.

    predicates: load only triples with these (IRIs); None loads everything
    """

    def __init__(self, data: bytes, predicates: frozenset[str] | None, where: str) -> None:
        self._lines = kept_lines(data, predicates)
        self.store = ox.Store()
        self._forms: dict[str, dict[str, list[str]]] | None = None
        self._private = 0
        text = b"\n".join(self._lines)
        try:
            if b"_:" in text:  # the bulk loader would rename blank nodes
                quads = ox.parse(input=text, format=ox.RdfFormat.N_TRIPLES)
                self.store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
            else:
                self.store.bulk_load(text, format=ox.RdfFormat.N_TRIPLES)
        except SyntaxError as error:
            raise malformed(error, where) from error

    def add_shapes(self, triples: Iterable[ox.Triple]) -> None:
        """The shapes graph, for constraints that ask for $shapesGraph."""
        self.store.extend(ox.Quad(t.subject, t.predicate, t.object, _SHAPES) for t in triples)

    def private_graph(self) -> ox.NamedNode:
        self._private += 1
        return ox.NamedNode(f"{_PRIVATE}{self._private}")

    def forms(self, term: Term, focus: str = "") -> list[str]:
        """A term as it stands in the data: Oxigraph's "1" may be "01" there, or both.

        focus: the node (N-Triples) whose values come first where several forms are known
        """
        text = str(term)
        if not isinstance(term, ox.Literal) or (
            not term.language and term.datatype.value == "http://www.w3.org/2001/XMLSchema#string"
        ):
            return [text]
        if self._forms is None:
            self._forms = _forms(self._lines)
        known = self._forms.get(text)
        if not known:
            return [text]
        return known.get(focus) or sorted({form for forms in known.values() for form in forms})


def kept_lines(data: bytes, predicates: frozenset[str] | None) -> list[bytes]:
    """The lines of N-Triples or N-Quads with one of these predicates (IRIs), or all."""
    if predicates is None or b"><" in data or b"\r" in data:
        return data.split(b"\n")
    wanted = {f"<{predicate}>".encode() for predicate in predicates}
    kept: list[bytes] = []
    start = 0
    while start < len(data):  # by pieces: a list of all lines would weigh more than the graph
        end = data.find(b"\n", start + _PIECE)
        end = len(data) if end < 0 else end
        for line in data[start:end].split(b"\n"):
            parts = line.split(None, 2)
            if len(parts) > 2 and parts[1] in wanted:
                kept.append(line)
        start = end + 1
    return kept


def _forms(lines: Iterable[bytes]) -> dict[str, dict[str, list[str]]]:
    """Oxigraph's form of a literal, subject, the forms that the data has; only where they differ."""
    found: dict[str, dict[str, list[str]]] = {}
    scratch = ox.Store()
    for line in lines:
        # Plain texts are by far the most.
        if b'"^^<' not in line and b'"@' not in line:
            continue
        for quad in ox.parse(input=line, format=ox.RdfFormat.N_TRIPLES):
            scratch.clear()
            scratch.add(ox.Quad(quad.subject, quad.predicate, quad.object))
            kept = str(next(iter(scratch)).object)
            found.setdefault(kept, {}).setdefault(str(quad.subject), []).append(str(quad.object))
    return {
        kept: by_subject
        for kept, by_subject in found.items()
        if any(form != kept for forms in by_subject.values() for form in forms)
    }


def target_pattern(index: Index, root: str, store: ox.Store) -> list[str]:
    """Graph patterns that together give the targets of a shape as ?n0 (SHACL, section 2.1.3)."""
    patterns: list[str] = []
    classes = [key(o) for o in index.all(root, f"{SH}targetClass")]
    if {key(o) for o in index.all(root, f"{RDF}type")} & (
        index.below(f"{RDFS}Class") | {"http://www.w3.org/2002/07/owl#Class"}
    ):
        classes.append(root)
    below: set[str] = set()
    for kind in classes:
        query = f"SELECT ?c {{ ?c {_SUBCLASS}* <{kind}> }}"
        below |= {key(row["c"]) for row in _rows(store, query)} | {kind}
    if below:
        patterns.append(f"VALUES ?kind {{ {' '.join(f'<{c}>' for c in sorted(below))} }} ?n0 {_TYPE} ?kind")
    patterns += (f"?n0 <{key(o)}> ?any" for o in index.all(root, f"{SH}targetSubjectsOf"))
    patterns += (f"?any <{key(o)}> ?n0" for o in index.all(root, f"{SH}targetObjectsOf"))
    return patterns


def _rows(store: ox.Store, query: str) -> ox.QuerySolutions:
    result = store.query(query)
    assert isinstance(result, ox.QuerySolutions)
    return result


def focus_nodes(data: DataStore, index: Index, ways: Iterable[Reached]) -> list[Term]:
    """All focus nodes of a shape, each once, whatever ways lead to it."""
    found: dict[Term, None] = {}
    for way in ways:
        nodes: dict[Term, None] = dict.fromkeys(index.all(way.root, f"{SH}targetNode"))
        for pattern in target_pattern(index, way.root, data.store):
            query = f"SELECT DISTINCT ?n0 {{ {pattern} }}"
            nodes.update((row["n0"], None) for row in _rows(data.store, query))
        for path in way.paths:
            nodes = dict.fromkeys(value for _, value in value_nodes(data, nodes, path))
        found.update(nodes)
    return list(found)


def value_nodes(data: DataStore, nodes: Iterable[Term], path: str) -> Iterator[tuple[Term, Term]]:
    """(focus node, value node) by a path; without a path a node is its own value node."""
    if not path:
        yield from ((node, node) for node in nodes)
        return
    graph = data.private_graph()
    data.store.bulk_extend(ox.Quad(graph, _THIS, node, graph) for node in nodes)
    query = f"SELECT DISTINCT ?n ?v {{ GRAPH {graph} {{ {graph} {_THIS} ?n }} ?n {path} ?v }}"
    for row in _rows(data.store, query):
        yield row["n"], row["v"]


def run(rule: Rule, data: DataStore, index: Index, ways: Iterable[Reached]) -> list[Raw]:
    """The results of one constraint. Raises GraphError where Oxigraph refuses the query."""
    nodes = focus_nodes(data, index, ways)
    graph = data.private_graph()
    ask = rule.query.select.form == "ASK"
    pairs: list[tuple[Term, Term]] = []
    quads: list[ox.Quad] = []
    mentioned = rule.query.select.where.mentioned | set(rule.query.select.projected)
    if ask:
        pairs = list(dict.fromkeys(value_nodes(data, nodes, rule.path)))
        for n, (node, value) in enumerate(pairs):
            pair = ox.NamedNode(f"{graph.value}:{n}")
            quads += (ox.Quad(pair, _THIS, node, graph), ox.Quad(pair, _VALUE, value, graph))
        bound = f"[ {_THIS} ?this ; {_VALUE} ?value ]"
    else:
        quads += (ox.Quad(graph, _THIS, node, graph) for node in nodes)
        bound = f"{graph} {_THIS} ?this"
    constants: dict[str, Term] = {
        "shapesGraph": _SHAPES,
        "currentShape": ox.NamedNode(rule.shape),
        **rule.constants,
    }
    for name in sorted(constants.keys() & mentioned):
        constant = ox.NamedNode(f"{_PRIVATE}constant:{name}")
        quads.append(ox.Quad(graph, constant, constants[name], graph))
        bound += f" . {graph} {constant} ?{name}"
    data.store.bulk_extend(quads)
    select = "SELECT DISTINCT ?this ?value WHERE " if ask else ""
    text = rule.query_for_all(f"GRAPH {graph} {{ {bound} }} ", select)
    try:
        result = data.store.query(text, prefixes=rule.prefixes)
    except (SyntaxError, ValueError) as error:
        raise GraphError(
            f"a SPARQL constraint can't be run: {error}.", where=f"<{rule.shape}>", todo="Mend the query."
        ) from error
    assert isinstance(result, ox.QuerySolutions)
    if ask:
        good = {(row["this"], row["value"]) for row in result}
        rows: Iterable[dict[str, Term]] = [
            {"this": node, "value": value} for node, value in pairs if (node, value) not in good
        ]
    else:
        names = [variable.value for variable in result.variables]
        rows = ({n: term for n in names if (term := row[n]) is not None} for row in result)
    return list(dict.fromkeys(raw for row in rows for raw in _results(rule, data, row)))


def _results(rule: Rule, data: DataStore, row: dict[str, Term]) -> Iterator[Raw]:
    failure = row.get("failure")
    if isinstance(failure, ox.Literal) and failure.value == "true":
        raise GraphError(
            "a SPARQL constraint says that it failed.", where=f"<{rule.shape}>", todo="Look at its query."
        )
    this, path = row["this"], row.get("path")
    value = row.get("value") or (None if rule.path else this)
    focus = data.forms(this)[0]
    said = f"<{path.value}>" if isinstance(path, ox.NamedNode) else rule.path
    said = "" if said.startswith(("(", "^")) else said  # the shape knows its own path
    worded = rule.constants | row | ({"value": value} if value is not None else {})
    message = min((_filled(text, worded) for text in rule.messages), default="")
    for form in [""] if value is None else data.forms(value, focus):
        yield Raw(focus, said, form, rule.shape, rule.component, rule.severity, message)


def _filled(message: str, row: dict[str, Term]) -> str:
    """{?name} and {$name} replaced by what the variable is bound to (SHACL, section 5.2.2)."""

    def one(match: re.Match[str]) -> str:
        term = row.get(match.group(1))
        return match.group() if term is None else getattr(term, "value", str(term))

    return re.sub(r"\{[?$](\w+)\}", one, message)

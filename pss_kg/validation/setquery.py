"""A constraint's query, written so that it runs once for all focus nodes instead of once for each.

Pre-binding (SHACL, appendix A) gives `$this` and its kin a value everywhere in the query. Here they
get all their values at once, by a pattern that is put into every group that needs them. A
`FILTER NOT EXISTS` becomes `MINUS`: Oxigraph runs the one once a solution, the other once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pss_kg.errors import GraphError
from pss_kg.validation.querytext import AGGREGATES, Group, QueryText, Select
from pss_kg.vocabulary import RDF

FORBIDDEN = {"minus": "MINUS", "values": "VALUES", "service": "SERVICE"}


def check(query: QueryText, prebound: Iterable[str], where: str) -> None:
    """Refuse what pre-binding rules out (SHACL, appendix A). Raises GraphError."""
    bound = set(prebound)
    top = query.select
    groups = [top.where, *top.where.nested()]
    elements = [element for group in groups for element in group.elements]
    selects = [group.select for group in groups if group.select is not None]
    for element in elements:
        if element.kind in FORBIDDEN:
            _refuse(f"may not contain {FORBIDDEN[element.kind]}", where)
    for select in (top, *selects):
        if "VALUES" in select.words:
            _refuse("may not contain VALUES", where)
        if "FROM" in select.words:
            _refuse("may not contain FROM", where)
    for name in [e.assigned for e in elements] + [name for s in (top, *selects) for name in s.assigned]:
        if name in bound:
            _refuse(f"may not give ${name} another value with AS", where)
    for select in selects:
        given = select.where.certain() if select.star else set(select.projected)
        missing = sorted(bound - {"shapesGraph", "currentShape"} - given)
        if missing:
            _refuse(f"has an inner SELECT that does not return ${missing[0]}", where)


def _refuse(what: str, where: str) -> None:
    raise GraphError(
        f"a SPARQL constraint {what}.",
        where=where,
        todo="See https://www.w3.org/TR/shacl/#pre-binding for what SHACL allows; FILTER NOT EXISTS is.",
    )


def obstacle(query: QueryText, prebound: Iterable[str]) -> str:
    """Why the query can't run for all focus nodes at once; "" where it can."""
    bound = set(prebound)
    top = query.select
    for select in (top, *(g.select for g in top.where.nested() if g.select is not None)):
        if said := _of_select(select):
            return said
    if top.form == "SELECT" and not top.star and "this" not in top.projected:
        return "it does not return $this"
    return _of_group(top.where, bound, bound)


def _of_select(select: Select) -> str:
    if select.words & {"LIMIT", "OFFSET"}:
        return "it has a LIMIT"
    if select.words & (AGGREGATES | {"GROUP", "HAVING"}) and "this" not in select.grouped_by:
        return "it counts without GROUP BY $this"
    return ""


def _of_group(group: Group, bound: set[str], outside: set[str]) -> str:
    """bound: pre-bound variables; outside: those that this group can rely on."""
    if group.select is not None:
        return _of_group(group.select.where, bound, bound)
    certain = group.certain() | outside
    for element in group.elements:
        for exists in element.exists:
            inner = exists.group
            others = _bound_outside(group) | bound
            shared = inner.mentioned & others
            if not shared:
                return "an EXISTS shares no variable with what stands around it"
            if not shared <= inner.certain() or not shared <= certain:
                return "an EXISTS looks at a variable of what stands around it"
            if exists.negated and not element.whole:
                return "a NOT EXISTS stands inside an expression"
            if not _keeps_to_itself(inner):
                return "an EXISTS has a filter on a variable that it does not bind"
            if said := _of_group(inner, bound, set()):
                return said
        for inner in element.groups:
            if said := _of_group(inner, bound, bound):
                return said
    return ""


def _bound_outside(group: Group) -> set[str]:
    """Variables that the group may bind; those of its EXISTS parts stay in there."""
    names: set[str] = set()
    for element in group.elements:
        names |= element.variables | ({element.assigned} - {""})
        for each in element.groups:
            names |= each.mentioned
    return names


def _keeps_to_itself(group: Group) -> bool:
    """Every filter and BIND, at any depth, uses only what its own group certainly binds."""
    for each in (group, *group.nested()):
        certain = each.certain()
        for element in each.elements:
            if element.kind in ("filter", "bind") and not element.variables <= certain:
                return False
    return True


def written(query: QueryText, prebound: Iterable[str], pattern: str, path: str, select: str = "") -> str:
    """The query as text for all focus nodes.

    pattern: binds all pre-bound variables, without blank node labels
    path: takes the place of $PATH, as SPARQL writes a path
    select: takes the place of ASK
    """
    return _Writing(query, set(prebound), pattern, path).text(select)


class _Writing:
    """Puts a query's tokens together again, groups changed on the way."""

    def __init__(self, query: QueryText, bound: set[str], pattern: str, path: str) -> None:
        self._query = query
        self._bound = bound
        self._pattern = pattern
        self._path = path

    def text(self, select: str) -> str:
        top = self._query.select
        head, where = top.head
        start = self._tokens(0, head) + select if select else self._tokens(0, where)
        return f"{start} {self._group(top.where, True)} {self._tokens(top.where.end + 1, None)}"

    def _tokens(self, start: int, end: int | None) -> str:
        return "".join(
            f" {self._path} " if self._path and token.variable == "PATH" else token.text
            for token in self._query.tokens[start:end]
        )

    def _range(self, start: int, end: int, groups: Iterable[Group]) -> str:
        parts: list[str] = []
        for group in sorted(groups, key=lambda each: each.start):
            parts += (self._tokens(start, group.start), self._group(group))
            start = group.end + 1
        return "".join(parts) + self._tokens(start, end)

    def _group(self, group: Group, needed: bool = False) -> str:
        if group.select is not None:
            return self._range(group.start, group.end + 1, [group.select.where])
        parts = ["{ "]
        if needed or (_used(group) & self._bound) - group.certain():
            parts.append(f"{self._pattern} ")
        minus: list[str] = []
        at = group.start + 1
        for element in group.elements:
            parts.append(self._tokens(at, element.start))
            at = element.end
            if element.whole and element.exists[0].negated:
                # A filter holds for all of its group, MINUS for what stands before it: so it goes last.
                minus.append(f" MINUS {self._group(element.exists[0].group)}")
                parts.append("FILTER(true) ")
                continue
            inside = element.groups + [exists.group for exists in element.exists]
            parts.append(self._range(element.start, element.end, inside))
        parts += (self._tokens(at, group.end), *minus, " }")
        return "".join(parts)


def _used(group: Group) -> set[str]:
    """Variables in the expressions of a group, those of its OPTIONAL parts among them."""
    names: set[str] = set()
    for element in group.elements:
        if element.kind in ("filter", "bind"):
            names |= element.variables
        elif element.kind == "optional":
            names |= _used(element.groups[0])
    return names


def named_predicates(query: QueryText, prefixes: dict[str, str], path: str) -> frozenset[str] | None:
    """Every IRI in the query and the path: its predicates are among them.

    None where a predicate may be any: a variable in its place, or a negated property set.
    """
    prefixes = dict(prefixes)
    found: set[str] = set(re.findall(r"<([^<>]*)>", path))
    previous = ""
    for token in query.tokens:
        text = token.text
        if token.kind == "iri":
            if previous.endswith(":") and not previous[:-1].count(":"):
                prefixes.setdefault(previous[:-1], text[1:-1])
            found.add(text[1:-1])
        elif token.kind == "name" and ":" in text:
            prefix, _, local = text.partition(":")
            found.add(prefixes.get(prefix, "") + re.sub(r"\\(.)", r"\1", local))
        elif token.upper == "A" and text == "a":
            found.add(f"{RDF}type")
        if token.kind != "space":
            previous = text
    return None if _open_predicate(query) else frozenset(found)


def _open_predicate(query: QueryText) -> bool:
    for group in (query.select.where, *query.select.where.nested()):
        for element in group.elements:
            if element.kind != "triples":
                continue
            tokens = [t for t in query.tokens[element.start : element.end] if t.kind != "space"]
            if any(t.text in "![(*" and t.kind == "other" for t in tokens):
                return True
            place = 0  # 0 subject, 1 predicate, 2 object
            for token in tokens:
                if token.text in (".", ";", ","):
                    place = {".": 0, ";": 1, ",": 2}[token.text]
                    continue
                if place == 1:
                    if token.kind == "variable" and token.variable != "PATH":
                        return True
                    place = 2
                elif place == 0:
                    place = 1
    return False

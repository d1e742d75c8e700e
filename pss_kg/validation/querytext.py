"""The structure of a SPARQL SELECT or ASK query: groups, filters, sub-selects, and what variables they bind.

The text is cut into the tokens of the SPARQL grammar (section 19.8), so that a brace or a word in
a string, an IRI or a comment is never mistaken for structure. Groups keep their place in the list
of tokens: a query can be changed without being written anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pss_kg.errors import GraphError

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+|\#[^\r\n]*)
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3}|'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
        |"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    |(?P<variable>[?$]\w+)
    |(?P<name>(?:[\w:%-]|\\.|\.(?=[\w:%\\-]))+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
AGGREGATES = frozenset(["COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"])
_ENDS_TRIPLES = frozenset(["FILTER", "BIND", "OPTIONAL", "MINUS", "GRAPH", "SERVICE", "VALUES"])


@dataclass
class Token:
    """One token; `upper` is its keyword, "" for anything that is no bare word."""

    kind: str
    text: str

    @property
    def upper(self) -> str:
        return self.text.upper() if self.kind == "name" and ":" not in self.text else ""

    @property
    def variable(self) -> str:
        return self.text[1:] if self.kind == "variable" else ""


@dataclass
class Exists:
    """EXISTS or NOT EXISTS in an expression."""

    negated: bool
    group: Group


@dataclass
class Element:
    """A part of a group: triples, filter, bind, group, union, optional, minus, graph, service, values."""

    kind: str
    start: int
    end: int
    groups: list[Group] = field(default_factory=list)
    exists: list[Exists] = field(default_factory=list)
    variables: set[str] = field(default_factory=set)
    """Of triples: those in them; of filter and bind: those of the expression outside EXISTS."""
    assigned: str = ""
    whole: bool = False
    """A filter that is nothing but one EXISTS or NOT EXISTS."""


@dataclass
class Select:
    """The SELECT or ASK of a query or sub-query."""

    form: str
    projected: list[str]
    star: bool
    assigned: list[str]
    where: Group
    words: set[str]
    """Keywords before and behind the group."""
    grouped_by: set[str]
    head: tuple[int, int]


@dataclass
class Group:
    """A group graph pattern: tokens[start] is its brace, tokens[end] the closing one."""

    start: int
    end: int
    elements: list[Element]
    select: Select | None = None
    mentioned: set[str] = field(default_factory=set)

    def certain(self) -> set[str]:
        """Variables that every solution of the group binds (BIND may fail, OPTIONAL may be empty)."""
        if self.select is not None:
            inner = self.select.where.certain()
            return inner if self.select.star else inner & set(self.select.projected)
        found: set[str] = set()
        for element in self.elements:
            if element.kind in ("triples", "graph"):
                found |= element.variables
            if element.kind in ("group", "graph"):
                found |= element.groups[0].certain()
            elif element.kind == "union":
                found |= set.intersection(*(group.certain() for group in element.groups))
        return found

    def nested(self) -> Iterator[Group]:
        """All groups inside, those in EXISTS too, not the group itself."""
        inside = [group for element in self.elements for group in element.groups]
        inside += [exists.group for element in self.elements for exists in element.exists]
        if self.select is not None:
            inside.append(self.select.where)
        for group in inside:
            yield group
            yield from group.nested()


class QueryText:
    """A query cut into tokens, and its structure.

    Raises GraphError where the text is no SELECT or ASK query.
    """

    def __init__(self, text: str, where: str) -> None:
        self._where = where
        self.tokens = [Token(str(m.lastgroup), m.group()) for m in _TOKEN.finditer(text)]
        self._meaning = [n for n, token in enumerate(self.tokens) if token.kind != "space"]
        self._at = 0
        while self._word() in ("PREFIX", "BASE"):
            self._at += 3 if self._word() == "PREFIX" else 2
        self.select = self._select()
        if self._at < len(self._meaning):
            self._fail(f"{self._text()!r} is not expected here")

    def _fail(self, what: str) -> None:
        raise GraphError(f"a SPARQL query can't be read: {what}.", where=self._where, todo="Mend the query.")

    def _index(self) -> int:
        if self._at >= len(self._meaning):
            self._fail("it ends too early")
        return self._meaning[self._at]

    def _token(self) -> Token:
        return self.tokens[self._index()]

    def _text(self) -> str:
        return self._token().text if self._at < len(self._meaning) else ""

    def _word(self) -> str:
        return self._token().upper if self._at < len(self._meaning) else ""

    def _select(self) -> Select:
        form = self._word()
        if form not in ("SELECT", "ASK"):
            self._fail("it is neither SELECT nor ASK")
        start = self._index()
        self._at += 1
        projected: list[str] = []
        assigned: list[str] = []
        words: set[str] = set()
        star = False
        while self._text() != "{":
            if self._text() == "(":
                element = self._expression()
                words |= self._words(element.start, element.end)
                projected.append(element.assigned)
                assigned.append(element.assigned)
                continue
            star = star or self._text() == "*"
            words.add(self._word())
            if name := self._token().variable:
                projected.append(name)
            self._at += 1
        head = (start, self._index())
        where = self._group()
        grouped_by: set[str] = set()
        grouping = False
        while self._at < len(self._meaning) and self._text() != "}":
            word = self._word()
            if word in ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"):
                grouping = word == "GROUP"
            words.add(word)
            if grouping and (name := self._token().variable):
                grouped_by.add(name)
            if word == "VALUES":
                self._values()
            else:
                self._at += 1
        return Select(form, projected, star, assigned, where, words, grouped_by, head)

    def _words(self, start: int, end: int) -> set[str]:
        return {token.upper for token in self.tokens[start:end]}

    def _group(self) -> Group:
        if self._text() != "{":
            self._fail(f"{{ is expected instead of {self._text()!r}")
        start = self._index()
        self._at += 1
        elements: list[Element] = []
        select = None
        if self._word() == "SELECT":
            select = self._select()
        else:
            while self._text() != "}":
                elements.append(self._element())
        end = self._index()
        self._at += 1
        mentioned = {t.variable for t in self.tokens[start:end] if t.kind == "variable"}
        return Group(start, end, elements, select, mentioned)

    def _element(self) -> Element:
        word, start = self._word(), self._index()
        if self._text() == "{":
            groups = [self._group()]
            while self._word() == "UNION":
                self._at += 1
                groups.append(self._group())
            return Element("union" if len(groups) > 1 else "group", start, self._last(), groups)
        if word in ("FILTER", "BIND"):
            self._at += 1
            element = self._constraint()
            element.kind, element.start = word.lower(), start
            return element
        if word in ("OPTIONAL", "MINUS"):
            self._at += 1
            group = self._group()
            return Element(word.lower(), start, self._last(), [group])
        if word in ("GRAPH", "SERVICE"):
            self._at += 1
            variables: set[str] = set()
            while self._text() != "{":
                variables |= {self._token().variable} - {""}
                self._at += 1
            group = self._group()
            return Element(word.lower(), start, self._last(), [group], variables=variables)
        if word == "VALUES":
            self._values()
            return Element("values", start, self._last())
        variables = set()
        while self._text() not in ("{", "}") and self._word() not in _ENDS_TRIPLES:
            variables |= {self._token().variable} - {""}
            self._at += 1
        return Element("triples", start, self._last(), variables=variables)

    def _last(self) -> int:
        """Behind the last token that was read."""
        return self._meaning[self._at - 1] + 1

    def _values(self) -> None:
        while self._text() != "}":
            self._at += 1
            self._index()
        self._at += 1

    def _constraint(self) -> Element:
        """FILTER and BIND: (expression), NAME(…), <iri>(…), or [NOT] EXISTS group."""
        if self._word() in ("NOT", "EXISTS"):
            start = self._index()
            exists = self._exists()
            return Element("filter", start, self._last(), exists=[exists], whole=True)
        start = self._index()
        while self._text() != "(":
            self._at += 1
            self._index()
        element = self._expression()
        element.start = start
        return element

    def _exists(self) -> Exists:
        negated = self._word() == "NOT"
        self._at += 2 if negated else 1
        return Exists(negated, self._group())

    def _expression(self) -> Element:
        """What stands between this bracket and its partner."""
        start, depth = self._index(), 0
        found = Element("expression", start, start)
        while True:
            text, word = self._text(), self._word()
            if word == "EXISTS" or (word == "NOT" and self._next_word() == "EXISTS"):
                found.exists.append(self._exists())
                continue
            depth += (text == "(") - (text == ")")
            if word == "AS" and depth == 1:
                self._at += 1
                found.assigned = self._token().variable
            elif name := self._token().variable:
                found.variables.add(name)
            self._at += 1
            if not depth:
                break
        found.end = self._last()
        return found

    def _next_word(self) -> str:
        at = self._at + 1
        return self.tokens[self._meaning[at]].upper if at < len(self._meaning) else ""

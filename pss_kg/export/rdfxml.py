"""RDF/XML from blocks: one node element a subject, one property element a triple. Pure.

A subject's first class that has a prefix names its element, the other types are properties.
Namespaces of vocabularies that occur stand on the root; one without a prefix is declared where
it is used, and its name is cut at the longest ending that XML takes for a name. Specification:
RDF 1.1 XML Syntax, section 2; Namespaces in XML 1.0; XML 1.0, production [2].
"""

from __future__ import annotations

import functools
import re

from pss_kg.errors import GraphError
from pss_kg.export.blocks import Block
from pss_kg.vocabulary import RDF

_TYPE = f"<{RDF}type>"

_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = re.compile(f"[{_START}][{_START}0-9.\u00b7\u0300-\u036f\u203f\u2040-]*\\Z")

# Names of the syntax itself (section 5.1): as an element they would mean something else.
_RESERVED = frozenset(
    (
        *("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description"),
        *("aboutEach", "aboutEachPrefix", "bagID", "li"),
    )
)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(["\\tnrbf\']))')
_SAID = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


class Writer:
    """Writes node elements under `prefixes` (prefix -> namespace), which stand on the root.

    `left_out` counts the triples that XML can't hold, `first_left_out` is the subject of the first.
    """

    def __init__(self, prefixes: dict[str, str]) -> None:
        self.prefixes = {"rdf": RDF, **prefixes}
        self._by_namespace = {namespace: prefix for prefix, namespace in self.prefixes.items()}
        self.left_out = 0
        self.first_left_out = ""
        self._element = functools.lru_cache(maxsize=10_000)(self._property)
        self._class = functools.lru_cache(maxsize=10_000)(self._node_name)
        self._reference = functools.lru_cache(maxsize=100_000)(_reference)

    def head(self) -> str:
        """The document up to its first node element."""
        declared = "".join(
            f'\n    xmlns:{prefix}="{_attribute(namespace)}"'
            for prefix, namespace in sorted(self.prefixes.items())
        )
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{declared}>\n\n'

    def tail(self) -> str:
        """What ends the document."""
        return "</rdf:RDF>\n"

    def body(self, block: Block) -> str:
        """The node elements of a block.

        Raises GraphError for a predicate that no XML name can be made of.
        """
        return "".join(map(self._node, block, block.values()))

    def _node(self, subject: str, predicates: dict[str, list[str]]) -> str:
        name = "rdf:Description"
        types = predicates.get(_TYPE, ())
        for kind in types:
            if found := self._class(kind):
                name = found
                break
        else:
            kind = ""
        about = "rdf:nodeID" if subject[0] == "_" else "rdf:about"
        value = subject[2:] if subject[0] == "_" else _attribute(subject[1:-1])
        out = [f'<{name} {about}="{value}">\n']
        for predicate, values in predicates.items():
            opening, closing = self._element(predicate)
            for term in values:
                if term[0] == "<" or term[0] == "_":
                    if term != kind or predicate != _TYPE:
                        out.append(f"  <{opening}{self._reference(term)}/>\n")
                    continue
                text = self._literal(term)
                if text is None:
                    self.left_out += 1
                    self.first_left_out = self.first_left_out or subject
                else:
                    out.append(f"  <{opening}{text}</{closing}>\n")
        out.append(f"</{name}>\n\n")
        return "".join(out)

    def _node_name(self, kind: str) -> str:
        """`fabio:JournalArticle` for a class with a prefix on the root; "" for another."""
        namespace, name = _cut(kind[1:-1])
        prefix = self._by_namespace.get(namespace, "")
        return f"{prefix}:{name}" if prefix and name and namespace != RDF else ""

    def _property(self, predicate: str) -> tuple[str, str]:
        """What stands in the opening and in the closing tag."""
        iri = predicate[1:-1]
        namespace, name = _cut(iri)
        if not name or not namespace or (namespace == RDF and name in _RESERVED):
            raise GraphError(
                f"RDF/XML can't hold the property <{iri}>: no XML name can be made of it.",
                todo="Write another format, such as turtle.",
            )
        if prefix := self._by_namespace.get(namespace):
            return f"{prefix}:{name}", f"{prefix}:{name}"
        return f'ns:{name} xmlns:ns="{_attribute(namespace)}"', f"ns:{name}"

    def _literal(self, term: str) -> str | None:
        """Attributes, `>` and content; None where XML 1.0 forbids one of the characters."""
        end = term.rindex('"')
        text, rest = term[1:end], term[end + 1 :]
        if "\\" in text:
            text = _ESCAPE.sub(_unescaped, text)
            if _FORBIDDEN.search(text):
                return None
            # A carriage return that stands as such is read as a newline.
            text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
        else:
            # pss_kg.terms escapes each character that XML forbids, so there is none here.
            if "&" in text:
                text = text.replace("&", "&amp;")
            if "<" in text:
                text = text.replace("<", "&lt;")
            if ">" in text:
                text = text.replace(">", "&gt;")
        if not rest:
            return f">{text}"
        if rest[0] == "@":
            return f' xml:lang="{rest[1:]}">{text}'
        return f' rdf:datatype="{_attribute(rest[3:-1])}">{text}'


def _reference(term: str) -> str:
    if term[0] == "_":
        return f' rdf:nodeID="{term[2:]}"'
    return f' rdf:resource="{_attribute(term[1:-1])}"'


def _attribute(text: str) -> str:
    """An IRI in an attribute; IRIREF allows neither quotes nor angle brackets."""
    return text.replace("&", "&amp;") if "&" in text else text


def _unescaped(match: re.Match[str]) -> str:
    if match[3]:
        return _SAID.get(match[3], match[3])
    return chr(int(match[1] or match[2], 16))


def _cut(iri: str) -> tuple[str, str]:
    """Namespace and name: behind the last `#` or `/` where that is a name, else the longest name."""
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    if cut and _NAME.match(iri[cut:]):
        return iri[:cut], iri[cut:]
    for start in range(cut, len(iri)):
        if _NAME.match(iri[start:]):
            return iri[:start], iri[start:]
    return iri, ""

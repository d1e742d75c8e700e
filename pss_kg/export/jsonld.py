"""JSON-LD from blocks, under the project's context, one node object a line. Pure.

Values keep their lexical form: a typed literal is always {"@value": "…", "@type": …} with a
string, never a JSON number. Specification: JSON-LD 1.1, sections 4.1 and 4.2.
"""

from __future__ import annotations

import json
from typing import Any

from pss_kg.export.blocks import Block
from pss_kg.vocabulary import RDF

TYPE = f"<{RDF}type>"
_DELIMITERS = ":/?#[]@"


class Writer:
    """Writes node objects under `context`, the value of a context document's "@context"."""

    def __init__(self, context: dict[str, Any], base: str, prefix: str = "kg") -> None:
        self.context = context if prefix in context else {**context, prefix: base}
        self._namespaces = {
            namespace: name
            for name, namespace in self.context.items()
            if isinstance(namespace, str) and not name.startswith("@") and namespace[-1:] in _DELIMITERS
        }
        self._base, self._base_prefix = base, self._namespaces.get(base, "")
        self._keys: dict[str, tuple[str, str]] = {}  # predicate IRI -> key, type its values are given
        aliases = {
            definition: name for name, definition in self.context.items() if isinstance(definition, str)
        }
        self.id, self.type = aliases.get("@id", "@id"), aliases.get("@type", "@type")
        for name, definition in self.context.items():
            self._learn(name, definition)

    def _learn(self, name: str, definition: object) -> None:
        """A term that says nothing but its IRI, or that and the type of its values, is used as a key."""
        if isinstance(definition, str):
            if not definition.startswith("@") and definition not in self._namespaces:
                self._keys.setdefault(self.expanded(definition), (name, ""))
        elif isinstance(definition, dict) and definition.keys() == {"@id", "@type"}:
            kind = definition["@type"]
            self._keys.setdefault(
                self.expanded(definition["@id"]), (name, kind if kind == "@id" else self.expanded(kind))
            )

    def expanded(self, text: str) -> str:
        """`fabio:Journal` -> the IRI, by the prefixes of the context."""
        prefix, _, local = text.partition(":")
        namespace = self.context.get(prefix)
        return f"{namespace}{local}" if isinstance(namespace, str) and not local.startswith("//") else text

    def head(self) -> str:
        """The document up to its first node object."""
        return '{"@context": ' + json.dumps(self.context, ensure_ascii=False, indent=2) + ',\n"@graph": [\n'

    def tail(self) -> str:
        """What ends the document."""
        return "\n]}\n"

    def nodes(self, block: Block) -> list[str]:
        """The node objects of a block, one for each subject."""
        return [self._node(subject, predicates) for subject, predicates in block.items()]

    def _node(self, subject: str, predicates: dict[str, list[str]]) -> str:
        parts = [f'"{self.id}": {self.name(subject)}']
        for predicate, values in predicates.items():
            if predicate == TYPE:
                parts.insert(1, f'"{self.type}": {one_or_list([self.name(v) for v in values])}')
                continue
            key, kind = self.key(predicate)
            parts.append(f'"{key}": {one_or_list([self.value(v, kind) for v in values])}')
        return "{" + ", ".join(parts) + "}"

    def key(self, predicate: str) -> tuple[str, str]:
        """The key for a predicate, and the type that the context gives its values: "", "@id" or an IRI."""
        iri = predicate[1:-1]
        known = self._keys.get(iri)
        if known is None:
            known = self._keys[iri] = (self._compact(iri), "")
        return known

    def name(self, term: str) -> str:
        """An IRI or blank node as a JSON string; IRIREF allows nothing that JSON escapes."""
        return f'"{self._compact(term[1:-1])}"' if term[0] == "<" else f'"{term}"'

    def _compact(self, iri: str) -> str:
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = self._namespaces.get(iri[:cut])
        if prefix is not None and cut < len(iri):
            return f"{prefix}:{iri[cut:]}"
        if self._base_prefix and iri.startswith(self._base):
            rest = iri[len(self._base) :]
            return iri if not rest or rest.startswith("//") else f"{self._base_prefix}:{rest}"
        return iri

    def value(self, term: str, kind: str) -> str:
        """An object under a key whose values the context gives the type `kind`."""
        if term[0] == "<" or term[0] == "_":
            return self.name(term) if kind == "@id" else f'{{"{self.id}": {self.name(term)}}}'
        end = term.rindex('"') + 1
        text, rest = _json_string(term[:end]), term[end:]
        if not rest:
            return f'{{"@value": {text}}}' if kind else text
        if rest[0] == "@":
            return f'{{"@value": {text}, "@language": "{rest[1:]}"}}'
        if rest[3:-1] == kind:
            return text
        return f'{{"@value": {text}, "@type": {self.name(rest[2:])}}}'


def _json_string(quoted: str) -> str:
    r"""An N-Triples string as a JSON string. The escapes that pss_kg.terms writes are JSON's own;
    only `\U` and `\'`, which it never writes, are not."""
    if "\\U" in quoted or "\\'" in quoted:
        import ast

        return json.dumps(ast.literal_eval(quoted), ensure_ascii=False)
    return quoted


def one_or_list(values: list[str]) -> str:
    """JSON of one value, or of a list where there are several."""
    return values[0] if len(values) == 1 else f"[{', '.join(values)}]"

"""Framed JSON-LD: one publication, one document, one line.

The tree is what JSON-LD framing makes of graph/main with ontology/frame.jsonld and the
publication's IRI as `id`: each thing stands where it is pointed to, other publications and the
properties that the frame marks `@never` are named only. Framing a whole graph needs all of it in
memory; a publication and the shared things it points to are enough for this frame. Tests hold
the trees against PyLD's. Specification: JSON-LD 1.1 Framing, section 4.
"""

from __future__ import annotations

import json
import re
from typing import Any

from pss_kg.export.blocks import Block
from pss_kg.export.jsonld import TYPE, Writer, one_or_list
from pss_kg.export.things import SharedThings

_WORDS = re.compile(r'"([A-Za-z0-9]+)(?=":|:)')


class Tree:
    """Makes documents under a Writer's context. `frame` is the frame document, as JSON has it."""

    def __init__(self, writer: Writer, frame: dict[str, Any], things: SharedThings, publication: str) -> None:
        """`publication` is what IRIs of publications begin with."""
        self._writer, self._things = writer, things
        self._publication = f"<{publication}"
        terms = {
            name: definition for name, definition in writer.context.items() if isinstance(definition, dict)
        }
        self._never = {
            f"<{writer.expanded(terms[name]['@id'])}>" for name in _marked(frame) if "@id" in terms[name]
        }
        self._reverse = [
            (name, f"<{writer.expanded(terms[name]['@reverse'])}>")
            for name in frame
            if "@reverse" in terms.get(name, ())
        ]
        self._contexts: dict[frozenset[str], str] = {}

    def document(self, block: Block) -> str:
        """The tree of a publication's block; "" for a block that begins with no publication."""
        root = next(iter(block), "")
        if not self._is_publication(root):
            return ""
        parts = self._parts(root, block[root], block, (root,))
        for key, predicate in self._reverse:
            pointing = [
                self._object(subject, predicates, block, (root, subject))
                for subject, predicates in block.items()
                if root in predicates.get(predicate, ())
            ]
            if pointing:
                parts.append(f'"{key}": {one_or_list(pointing)}')
        text = ", ".join(parts)
        return f'{{"@context": {self._context(text)}, {text}}}\n'

    def _is_publication(self, term: str) -> bool:
        return term.startswith(self._publication) and "/" not in term[len(self._publication) :]

    def _object(
        self, subject: str, predicates: dict[str, list[str]], block: Block, path: tuple[str, ...]
    ) -> str:
        return "{" + ", ".join(self._parts(subject, predicates, block, path)) + "}"

    def _parts(
        self, subject: str, predicates: dict[str, list[str]], block: Block, path: tuple[str, ...]
    ) -> list[str]:
        writer = self._writer
        parts = [f'"{writer.id}": {writer.name(subject)}']
        for predicate, values in predicates.items():
            if predicate == TYPE:
                parts.insert(1, f'"{writer.type}": {one_or_list([writer.name(v) for v in values])}')
                continue
            key, kind = writer.key(predicate)
            embeds = predicate not in self._never
            out = []
            for value in values:
                if embeds and value[0] == "<" and value not in path and not self._is_publication(value):
                    found = block.get(value) or self._things.get(value)
                    if found:
                        out.append(self._object(value, found, block, (*path, value)))
                        continue
                out.append(writer.value(value, kind))
            parts.append(f'"{key}": {one_or_list(out)}')
        return parts

    def _context(self, text: str) -> str:
        """The part of the context that the document needs, so that each line stands by itself."""
        whole = self._writer.context
        words = frozenset(whole.keys() & _WORDS.findall(text))
        known = self._contexts.get(words)
        if known is None:
            needed = set(words)
            for word in words:
                definition = whole[word]
                said = definition.values() if isinstance(definition, dict) else (definition,)
                needed |= {str(value).partition(":")[0] for value in said}
            known = json.dumps(
                {name: value for name, value in whole.items() if name in needed or name[0] == "@"},
                ensure_ascii=False,
            )
            if len(self._contexts) < 10_000:
                self._contexts[words] = known
        return known


def _marked(frame: object) -> set[str]:
    """The keys that a frame marks `@never`, at any depth."""
    if not isinstance(frame, dict):
        return set()
    found = {
        key for key, value in frame.items() if isinstance(value, dict) and value.get("@embed") == "@never"
    }
    return found.union(*(_marked(value) for value in frame.values()))

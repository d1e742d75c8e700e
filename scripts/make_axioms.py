"""Writes ontology/axioms/: the vocabularies as facts, one Turtle file each.

    python scripts/make_axioms.py VOCAB_FOLDER [OUTPUT_FOLDER]

VOCAB_FOLDER holds `spar/*/*.ttl`, `dcterms_skos_foaf/*.ttl` and, if there, `prism/*.ttl`. Of
each ontology this keeps which terms it declares and how named terms relate: sub-classes,
sub-properties, inverses, domains, ranges, equivalences, deprecation, and the characteristics
of properties. Labels, comments, examples and anything with a blank node stay behind.
`owl:imports` is kept neither as a fact nor followed.

RDF, RDFS, OWL, XSD, SHACL, PROV and VoID come from the closed namespaces of rdflib, which
list names only; whether a name is a class or a property follows from its first letter.

The output depends on the input's bytes alone: sorted, with the digest of each file in its header.
"""

from __future__ import annotations

import hashlib
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
from rdflib import namespace as rdflib_namespace
from rdflib.namespace import DefinedNamespace

from pss_kg.vocabulary import DCTERMS, OWL, PREFIXES, PROV, RDF, RDFS, SH, VOID, XSD

TYPE = f"{RDF}type"
DC = "http://purl.org/dc/elements/1.1/"
FOLDERS = ("spar/*/*.ttl", "dcterms_skos_foaf/*.ttl", "prism/*.ttl")
PREFIX_OF_FILE = {"dublin-core-terms": "dcterms", "dublin-core-type": "dcmitype", "skos-xl": "skosxl"}
EXTRA_PREFIXES = {
    "dc": DC,
    "dcam": "http://purl.org/dc/dcam/",
    "dcmitype": "http://purl.org/dc/dcmitype/",
    "pwo": "http://purl.org/spar/pwo/",
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "tvc": "http://www.essepuntato.it/2012/04/tvc/",
}
ALL_PREFIXES = PREFIXES | EXTRA_PREFIXES
CLOSED = (RDF, RDFS, OWL, XSD, SH, PROV, VOID)
CLOSED_NAMESPACES: dict[str, type[DefinedNamespace]] = {
    "owl": rdflib_namespace.OWL,
    "prov": rdflib_namespace.PROV,
    "rdf": rdflib_namespace.RDF,
    "rdfs": rdflib_namespace.RDFS,
    "sh": rdflib_namespace.SH,
    "void": rdflib_namespace.VOID,
    "xsd": rdflib_namespace.XSD,
}

CLASS_KINDS = {f"{OWL}Class", f"{RDFS}Class", f"{RDFS}Datatype", f"{OWL}DeprecatedClass"}
PROPERTY_KINDS = {f"{RDF}Property", f"{OWL}DeprecatedProperty"} | {
    f"{OWL}{kind}Property"
    for kind in (
        *("Object", "Datatype", "Annotation", "Functional", "InverseFunctional"),
        *("Symmetric", "Asymmetric", "Transitive", "Reflexive", "Irreflexive"),
    )
}
META = CLASS_KINDS | PROPERTY_KINDS | {f"{OWL}NamedIndividual"}
RELATIONS = {f"{RDFS}{name}" for name in ("subClassOf", "subPropertyOf", "domain", "range")} | {
    f"{OWL}{name}" for name in ("inverseOf", "equivalentClass", "equivalentProperty")
}
VERSION = {f"{OWL}versionIRI", f"{OWL}versionInfo", f"{DCTERMS}modified"}

Facts = dict[str, dict[str, set[str]]]
"""Subject IRI -> predicate IRI -> objects as Turtle."""


def turtle(iri: str) -> str:
    """The IRI as Turtle: a prefixed name where that is plain, else in angle brackets."""
    for prefix, namespace in ALL_PREFIXES.items():
        name = iri.removeprefix(namespace)
        if name != iri and name and all(c.isascii() and (c.isalnum() or c in "_-") for c in name):
            return f"{prefix}:{name}"
    return f"<{iri}>"


def _sort_key(iri: str) -> tuple[str, str]:
    short = turtle(iri)
    return (short.casefold(), short)


def vocabulary_facts(triples: Iterable[ox.Triple], home: str) -> Facts:
    """The facts of one vocabulary whose own namespace is `home`.

    Terms of others are kept where the file declares them as class, object or datatype property
    (FaBiO so declares PRISM), but not as annotation property: ontology editors write that for
    every term that a header uses. The closed namespaces are never redeclared.
    """
    types: dict[str, set[str]] = defaultdict(set)
    rest: list[tuple[str, str, object]] = []
    for triple in triples:
        subject, obj = triple.subject, triple.object
        if not isinstance(subject, ox.NamedNode) or subject.value.startswith((*CLOSED, "urn:")):
            continue
        if triple.predicate.value == TYPE and isinstance(obj, ox.NamedNode):
            types[subject.value].add(obj.value)
        else:
            rest.append((subject.value, triple.predicate.value, obj))

    facts: Facts = defaultdict(lambda: defaultdict(set))
    for name, kinds in types.items():
        own = name.startswith(home) and name != home
        if f"{OWL}Ontology" in kinds:
            facts[name][TYPE] = {"owl:Ontology"}
            continue
        kept = {k for k in kinds if k in META or (own and not k.startswith(CLOSED))}
        if own or kept & (META - {f"{OWL}AnnotationProperty", f"{OWL}NamedIndividual"}):
            facts[name][TYPE] = {turtle(k) for k in kept}
    for about, predicate, value in rest:
        if about not in facts or not isinstance(value, ox.NamedNode | ox.Literal):
            continue
        if "owl:Ontology" in facts[about][TYPE]:
            if predicate in VERSION:
                facts[about][predicate].add(
                    str(value) if isinstance(value, ox.NamedNode) else str(ox.Literal(value.value))
                )
        elif predicate in RELATIONS and isinstance(value, ox.NamedNode) and value.value != about:
            facts[about][predicate].add(turtle(value.value))
        elif predicate == f"{OWL}deprecated" and value.value == "true":
            facts[about][predicate].add("true")
    return facts


_INDIVIDUALS = (
    {"rdf:nil": "rdf:List"}
    | {f"sh:{name}": "sh:Severity" for name in ("Info", "Warning", "Violation")}
    | {
        f"sh:{name}": "sh:NodeKind"
        for name in ("BlankNode", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRI", "IRIOrLiteral", "Literal")
    }
)
_DATATYPES = {"owl:rational", "owl:real"} | {
    f"rdf:{name}" for name in ("HTML", "JSON", "PlainLiteral", "XMLLiteral", "langString")
}
# XSD's facets are properties in OWL. Its functions and properties of types are no terms of RDF.
_FACETS = {
    *("length", "minLength", "maxLength", "pattern", "whiteSpace", "enumeration", "explicitTimezone"),
    *("minInclusive", "minExclusive", "maxInclusive", "maxExclusive", "totalDigits", "fractionDigits"),
}
_NO_TERMS = {
    *("Assertions", "bounded", "cardinality", "numeric", "ordered", "timezoneOffset"),
    *("year", "month", "day", "hour", "minute", "second"),
}


def closed_facts(namespace: type[DefinedNamespace], base: str) -> Facts:
    """The names that rdflib lists for a closed namespace, as facts.

    Capitals are classes, the rest properties, all but the names above.
    """
    facts: Facts = defaultdict(lambda: defaultdict(set))
    extras = [e for e in getattr(namespace, "_extras", ()) if "-" not in e]
    for name in sorted({*namespace.__annotations__, *extras}):
        short = turtle(base + name)
        if name.startswith("_") or (base == XSD and name in _NO_TERMS):
            continue
        if short in _INDIVIDUALS:
            kinds = {_INDIVIDUALS[short], "owl:NamedIndividual"}
        elif short in _DATATYPES or (base == XSD and name not in _FACETS):
            kinds = {"rdfs:Datatype"}
        elif base == SH and name.endswith("ConstraintComponent") and name != "ConstraintComponent":
            kinds = {"owl:NamedIndividual", "sh:ConstraintComponent"}
            if name == "SPARQLConstraintComponent":  # both: a class of components, and one itself
                kinds.add("rdfs:Class")
        else:
            kinds = {"rdfs:Class"} if name[0].isupper() else {"rdf:Property"}
        facts[base + name][TYPE] = kinds
    return facts


def written(facts: Facts, header: Iterable[str]) -> str:
    """The facts as sorted Turtle with only the prefixes it uses."""
    body: list[str] = []
    for subject in sorted(facts, key=_sort_key):
        predicates = facts[subject]
        parts = []
        for predicate in sorted(predicates, key=lambda p: (p != TYPE, _sort_key(p))):
            objects = sorted(predicates[predicate], key=lambda o: (o.casefold(), o))
            if objects:
                parts.append(f"{'a' if predicate == TYPE else turtle(predicate)} {', '.join(objects)}")
        if parts:
            body.append(f"{turtle(subject)} " + " ;\n    ".join(parts) + " .\n")
    text = "\n".join(body)
    used = {word.split(":", 1)[0] for word in text.split() if ":" in word and not word.startswith("<")}
    head = [f"# {line}".rstrip() for line in header]
    head += [""] + [f"@prefix {p}: <{ALL_PREFIXES[p]}> ." for p in sorted(used)] + ["", ""]
    return "\n".join(head) + text


def header_of(path: Path, facts: Facts) -> list[str]:
    """The header's lines: where the facts come from."""
    ontologies = [s for s, predicates in facts.items() if "owl:Ontology" in predicates[TYPE]]
    return [
        "Facts taken from the vocabulary below by scripts/make_axioms.py. Do not edit.",
        f"Source: {path.name}, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}",
        f"Defined by: {ontologies[0]}" if ontologies else "The file names no ontology.",
        "Licence and attribution: docs/vocabulary.md",
    ]


def main(arguments: list[str]) -> int:
    if len(arguments) not in (1, 2):
        print("usage: make_axioms.py VOCAB_FOLDER [OUTPUT_FOLDER]", file=sys.stderr)
        return 2
    source = Path(arguments[0])
    default = Path(__file__).resolve().parent.parent / "ontology" / "axioms"
    output = Path(arguments[1]) if len(arguments) == 2 else default
    paths = sorted(path for pattern in FOLDERS for path in source.glob(pattern))
    if not paths:
        print(f"{source}: no vocabulary found. It should hold {', '.join(FOLDERS)}.", file=sys.stderr)
        return 3
    output.mkdir(parents=True, exist_ok=True)
    for path in paths:
        prefix = PREFIX_OF_FILE.get(path.stem, path.stem)
        facts = vocabulary_facts(ox.parse(path=path, format=ox.RdfFormat.TURTLE), ALL_PREFIXES[prefix])
        (output / f"{prefix}.ttl").write_text(written(facts, header_of(path, facts)), encoding="utf-8")
    for prefix, namespace in CLOSED_NAMESPACES.items():
        base = ALL_PREFIXES[prefix]
        lines = [
            "Names of a closed namespace of rdflib, written by scripts/make_axioms.py. Do not edit.",
            f"Defined by: {base}",
        ]
        text = written(closed_facts(namespace, base), lines)
        (output / f"{prefix}.ttl").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Namespaces and the one prefix map.

Terms are spelt in the mapping as `f"{FABIO}JournalArticle"`; whether a term exists is the
vocabulary lint's business, which reads ontology/ and nothing else.
"""

from __future__ import annotations

PSS = "https://w3id.org/pss-kg/ontology/"
BASE = "https://w3id.org/pss-kg/"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SH = "http://www.w3.org/ns/shacl#"
PROV = "http://www.w3.org/ns/prov#"
VOID = "http://rdfs.org/ns/void#"
DQV = "http://www.w3.org/ns/dqv#"
DCAT = "http://www.w3.org/ns/dcat#"
DCTERMS = "http://purl.org/dc/terms/"
FOAF = "http://xmlns.com/foaf/0.1/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SCHEMA = "https://schema.org/"

BIRO = "http://purl.org/spar/biro/"
C4O = "http://purl.org/spar/c4o/"
CITO = "http://purl.org/spar/cito/"
DATACITE = "http://purl.org/spar/datacite/"
DEO = "http://purl.org/spar/deo/"
DOCO = "http://purl.org/spar/doco/"
FABIO = "http://purl.org/spar/fabio/"
FRAPO = "http://purl.org/cerif/frapo/"
FRBR = "http://purl.org/vocab/frbr/core#"
PRISM = "http://prismstandard.org/namespaces/basic/2.0/"
PRO = "http://purl.org/spar/pro/"
PSO = "http://purl.org/spar/pso/"
LITERAL = "http://www.essepuntato.it/2010/06/literalreification/"
CO = "http://purl.org/co/"
OCO = "https://w3id.org/oc/ontology/"

MESH = "http://id.nlm.nih.gov/mesh/"

PREFIXES: dict[str, str] = {
    "biro": BIRO,
    "c4o": C4O,
    "cito": CITO,
    "co": CO,
    "datacite": DATACITE,
    "dcat": DCAT,
    "dcterms": DCTERMS,
    "deo": DEO,
    "doco": DOCO,
    "dqv": DQV,
    "fabio": FABIO,
    "foaf": FOAF,
    "frapo": FRAPO,
    "frbr": FRBR,
    "literal": LITERAL,
    "mesh": MESH,
    "oco": OCO,
    "owl": OWL,
    "prism": PRISM,
    "pro": PRO,
    "prov": PROV,
    "pso": PSO,
    "pss": PSS,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SCHEMA,
    "sh": SH,
    "skos": SKOS,
    "void": VOID,
    "xsd": XSD,
}
"""Prefix -> namespace, in alphabetical order. The only prefix map in the project."""

_LONGEST_FIRST = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))


def compact(iri: str) -> str:
    """`prefix:name` where a prefix of the map fits and the rest is a plain name, else the IRI."""
    for prefix, namespace in _LONGEST_FIRST:
        if iri.startswith(namespace):
            name = iri[len(namespace) :]
            if name and all(c.isalnum() or c in "_-" for c in name):
                return f"{prefix}:{name}"
    return iri

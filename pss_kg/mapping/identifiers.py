"""Identifiers: flat literals on the publication and datacite:Identifier nodes."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pss_kg.iris import encode, slug
from pss_kg.mapping.frame import RDF_TYPE, RDFS_LABEL, A, Frame
from pss_kg.records import Identifiers
from pss_kg.terms import quoted
from pss_kg.vocabulary import DATACITE, FABIO, FOAF, LITERAL, OWL, PRISM

HAS_IDENTIFIER = f" <{DATACITE}hasIdentifier> "
SCHEME = f"<{DATACITE}usesIdentifierScheme>"
VALUE = f"<{LITERAL}hasLiteralValue>"
IDENTIFIER = f"<{DATACITE}Identifier>"
PAGE = f" <{FOAF}page> "
SAME_AS = f" <{OWL}sameAs> "
OMID = "https://w3id.org/oc/meta/"

FLAT = {
    "doi": f" <{PRISM}doi> ",
    "pmid": f" <{FABIO}hasPubMedId> ",
    "pmcid": f" <{FABIO}hasPubMedCentralId> ",
    "pii": f" <{FABIO}hasPII> ",
    "isbn": f" <{PRISM}isbn> ",
}
# A pii is unique within its publisher only, so it gets no node that others could share.
NO_NODE = frozenset({"pii"})
_SCHEMES = frozenset({"doi", "pmid", "pmcid", "isbn", "openalex", "omid", "arxiv", "orcid", "issn"})
_OWN = frozenset({"doi", "pmid", "pmcid", "openalex"})
_ONE = frozenset({"doi", "pmid", "pmcid"})
_PAGES = {"doi": ("https://doi.org/", ""), "pmid": ("https://pubmed.ncbi.nlm.nih.gov/", "/")}
_IDENTITY = frozenset({"doi", "pmid", "pmcid"})

_A_IDENTIFIER = f"{A}{IDENTIFIER}"
_SCHEME_S = f" {SCHEME} "
_VALUE_S = f" {VALUE} "

RESOURCE = "local-resource-identifier-scheme"
PERSON = "local-personal-identifier-scheme"
ORGANIZATION = "local-organization-identifier-scheme"


def one_each(identifiers: Identifiers, key: str) -> Identifiers:
    """At most one doi, pmid and pmcid: the one that the key was made of, else the first."""
    if len({scheme for scheme, _ in identifiers}) == len(identifiers):
        return identifiers
    chosen: dict[str, str] = {}
    for scheme, value in identifiers:
        if scheme in _ONE and (scheme not in chosen or f"{scheme}-{encode(value)}" == key):
            chosen[scheme] = value
    return tuple((s, v) for s, v in identifiers if s not in _ONE or chosen[s] == v)


def describe(frame: Frame, identifiers: Identifiers, ambiguous: Collection[tuple[str, str]]) -> None:
    """The publication's identifiers: flat, as nodes, and the pages that DOI and PMID lead to.

    A node that other publications may point at too is a shared thing.
    """
    out, s, iris = frame.out, frame.s, frame.iris
    for scheme, value in identifiers:
        if not value.strip():
            continue
        flat = FLAT.get(scheme)
        text = quoted(value)
        if flat:
            out.append(f"{s}{flat}{text}")
        if scheme in NO_NODE:
            continue
        if scheme in _OWN and (scheme, value) not in ambiguous:
            node = f"<{iris.identifier(scheme, value)}>"
            out.append(f"{s}{HAS_IDENTIFIER}{node}")
            out.append(f"{node}{_A_IDENTIFIER}")
            out.append(f"{node}{_SCHEME_S}<{DATACITE}{scheme}>")
            out.append(f"{node}{_VALUE_S}{text}")
        else:
            shared_identifier(frame, s, scheme, value)
        if scheme == "omid":
            out.append(f"{s}{SAME_AS}<{OMID}{value}>")
        page = _PAGES.get(scheme)
        if page:
            # The path of the identifier's IRI is the value, escaped as an IRI needs it.
            path = iris.identifier("", value)[len(iris.base) + len("identifier//") :]
            out.append(f"{s}{PAGE}<{page[0]}{path}{page[1]}>")


def shared_identifier(frame: Frame, owner: str, scheme: str, value: str, local: str = RESOURCE) -> None:
    """Point from `owner` (a term) at an identifier that others may have too.

    A scheme that DataCite does not list is `local`, with its name as the label.
    """
    frame.out.append(f"{owner}{HAS_IDENTIFIER}{shared_node(frame, scheme, value, local)}")


def shared_node(frame: Frame, scheme: str, value: str, local: str = RESOURCE) -> str:
    """The term of a shared identifier; what is said of the identifier itself is shared too."""
    known = scheme in _SCHEMES
    node = f"<{frame.iris.identifier(scheme if known else slug(scheme), value)}>"
    frame.share(node, RDF_TYPE, IDENTIFIER)
    frame.share(node, SCHEME, f"<{DATACITE}{scheme if known else local}>")
    frame.share(node, VALUE, quoted(value))
    if not known and scheme.strip():
        frame.share(node, RDFS_LABEL, quoted(scheme), True)
    return node


def flat_triples(s: str, identifiers: Iterable[tuple[str, str]]) -> list[str]:
    """The flat doi, pmid and pmcid of a publication that is only mentioned."""
    return [
        f"{s}{FLAT[scheme]}{quoted(value)}"
        for scheme, value in identifiers
        if scheme in _IDENTITY and value.strip()
    ]

"""Authors, editors and investigators in order, their roles, and where they worked."""

from __future__ import annotations

from pss_kg.iris import encode
from pss_kg.mapping.frame import INTEGER, RDF_TYPE, A, Frame
from pss_kg.mapping.identifiers import HAS_IDENTIFIER, shared_identifier, shared_node
from pss_kg.mapping.identifiers import ORGANIZATION as ORGANIZATION_SCHEME
from pss_kg.mapping.identifiers import PERSON as PERSON_SCHEME
from pss_kg.records import Affiliation, Contributor
from pss_kg.terms import quoted
from pss_kg.vocabulary import DCTERMS, FOAF, FRAPO, OCO, OWL, PRO, PSS, SCHEMA

CREATOR = f" <{DCTERMS}creator> "
CONTEXT = f" <{PRO}isDocumentContextFor> "
HELD_BY = f" <{PRO}isHeldBy> "
NEXT = f" <{OCO}hasNext> "
POSITION = f" <{SCHEMA}position> "
RELATES_TO = f" <{PRO}relatesToOrganization> "
AFFILIATION_TEXT = f" <{PSS}affiliationText> "
SAME_AS = f"<{OWL}sameAs>"

PERSON = f"<{FOAF}Person>"
ORGANIZATION = f"<{FOAF}Organization>"
NAME = f"<{FOAF}name>"
GIVEN = f"<{FOAF}givenName>"
FAMILY = f"<{FOAF}familyName>"
SUFFIX = f"<{FRAPO}hasFamilialSuffix>"

_IDENTIFIED = HAS_IDENTIFIER.strip()
_A_ROLE = f"{A}<{PRO}RoleInTime>"
_A_PERSON = f"{A}{PERSON}"
_A_ORGANIZATION = f"{A}{ORGANIZATION}"
_NAME_S = f" {NAME} "
_GIVEN_S = f" {GIVEN} "
_FAMILY_S = f" {FAMILY} "
# PRO has no investigator; its general role fits, and the IRI of the role keeps the word.
_WITH_ROLE = {
    "author": f" <{PRO}withRole> <{PRO}author>",
    "editor": f" <{PRO}withRole> <{PRO}editor>",
}
_CONTRIBUTOR = f" <{PRO}withRole> <{PRO}contributor>"


def describe(frame: Frame, contributors: tuple[Contributor, ...]) -> None:
    """Every contributor at the position it has among those of its role.

    A contributor without a name keeps its position free and is not written.
    """
    by_role: dict[str, list[tuple[int, Contributor, str]]] = {}
    counts: dict[str, int] = {}
    for person in contributors:
        role = person.role or "contributor"
        n = counts[role] = counts.get(role, 0) + 1
        name = full_name(person)
        if name:
            by_role.setdefault(role, []).append((n, person, name))
    organizations: dict[object, int] = {}
    for role, people in by_role.items():
        _role(frame, role, people, organizations)


def full_name(person: Contributor) -> str:
    """The name as it reads; "" where there is none."""
    return person.name.strip() or f"{person.given} {person.family}".strip()


def _role(
    frame: Frame,
    role: str,
    people: list[tuple[int, Contributor, str]],
    organizations: dict[object, int],
) -> None:
    out, s, iris = frame.out, frame.s, frame.iris
    word = encode(role)
    roles = frame.stem(iris.role(frame.place, word, 0))
    agents = frame.stem(iris.agent(frame.place, word, 0))
    with_role = _WITH_ROLE.get(role, _CONTRIBUTOR)
    author = role == "author"
    before, place = "", 0
    for n, person, name in people:
        node = f"{roles}{n}>"
        agent = f"<{iris.orcid_agent(person.orcid)}>" if person.orcid else f"{agents}{n}>"
        if author:
            out.append(f"{s}{CREATOR}{agent}")
        out += (
            f"{s}{CONTEXT}{node}",
            f"{node}{_A_ROLE}",
            f"{node}{with_role}",
            f"{node}{HELD_BY}{agent}",
            f'{node}{POSITION}"{n}"{INTEGER}',
        )
        if before and n == place + 1:
            out.append(f"{before}{NEXT}{node}")
        before, place = node, n
        if person.orcid:
            _shared_agent(frame, agent, person, name)
        else:
            if person.kind == "person":
                out += (f"{agent}{_A_PERSON}", f"{agent}{_NAME_S}{quoted(name)}")
                if person.given and not person.given.isspace():
                    out.append(f"{agent}{_GIVEN_S}{quoted(person.given)}")
                if person.family and not person.family.isspace():
                    out.append(f"{agent}{_FAMILY_S}{quoted(person.family)}")
                if person.suffix and not person.suffix.isspace():
                    out.append(f"{agent} {SUFFIX} {quoted(person.suffix)}")
            else:
                out.append(f"{agent}{_A_ORGANIZATION}")
                out.append(f"{agent}{_NAME_S}{quoted(name)}")
        for scheme, value in person.identifiers:
            if not value.strip():
                continue
            if person.orcid:  # all that is said of a shared agent stands together
                frame.share(agent, _IDENTIFIED, shared_node(frame, scheme, value, PERSON_SCHEME))
            else:
                shared_identifier(frame, agent, scheme, value, PERSON_SCHEME)
        for affiliation in person.affiliations:
            _affiliation(frame, node, affiliation, organizations)


def _shared_agent(frame: Frame, agent: str, person: Contributor, name: str) -> None:
    """An agent with ORCID is one thing for all its papers; how each prints the name may differ."""
    share = frame.share
    share(agent, RDF_TYPE, PERSON if person.kind == "person" else ORGANIZATION, True)
    share(agent, SAME_AS, f"<https://orcid.org/{encode(person.orcid)}>")
    share(agent, NAME, quoted(name), True)
    if person.kind == "person":
        if person.given.strip():
            share(agent, GIVEN, quoted(person.given), True)
        if person.family.strip():
            share(agent, FAMILY, quoted(person.family), True)
        if person.suffix.strip():
            share(agent, SUFFIX, quoted(person.suffix), True)


def _affiliation(frame: Frame, role: str, affiliation: Affiliation, organizations: dict[object, int]) -> None:
    out, iris = frame.out, frame.iris
    text = affiliation.text if affiliation.text.strip() else ""
    ror = next((value for scheme, value in affiliation.identifiers if scheme == "ror"), "")
    if ror:
        node = f"<{iris.ror_organization(ror)}>"
        frame.share(node, RDF_TYPE, ORGANIZATION)
        frame.share(node, SAME_AS, f"<https://ror.org/{encode(ror)}>")
    elif text or affiliation.identifiers:
        seen: object = text or affiliation.identifiers
        known = organizations.get(seen)
        n = organizations[seen] = known or len(organizations) + 1
        node = f"<{iris.organization(frame.place, n)}>"
        if not known:
            out.append(f"{node}{_A_ORGANIZATION}")
            if text:
                out.append(f"{node}{_NAME_S}{quoted(text)}")
    else:
        return
    out.append(f"{role}{RELATES_TO}{node}")
    if text:
        out.append(f"{role}{AFFILIATION_TEXT}{quoted(text)}")
    for scheme, value in affiliation.identifiers:
        if scheme != "ror" and value.strip():
            # The source may give an ORCID or a PubMed id for an organisation; it is kept as said.
            shared_identifier(frame, node, scheme, value, ORGANIZATION_SCHEME)

"""Grants and the agencies that award them."""

from __future__ import annotations

from pss_kg.iris import encode
from pss_kg.mapping.frame import RDF_TYPE, Frame
from pss_kg.mapping.journal import NAME, ORGANIZATION, named_organization
from pss_kg.records import Grant
from pss_kg.terms import quoted
from pss_kg.vocabulary import FRAPO, OWL

FUNDED_BY = f" <{FRAPO}isFundedBy> "
GRANT = f"<{FRAPO}Grant>"
NUMBER = f"<{FRAPO}hasGrantNumber>"
AWARDED_BY = f"<{FRAPO}isAwardedBy>"
SUPPORTED_BY = f"<{FRAPO}isSupportedBy>"
ACRONYM = f"<{FRAPO}hasAcronym>"
COUNTRY = f"<{FRAPO}hasCountry>"
SAME_AS = f"<{OWL}sameAs>"


def describe(frame: Frame, grants: tuple[Grant, ...]) -> None:
    """A grant with agency and number is a shared thing; one that lacks either is this paper's own.

    frapo:isAwardedBy is functional, so a grant has one; an agency given a second time for the
    same grant, under another identity, supports it.
    """
    iris = frame.iris
    awarded: dict[str, str] = {}
    for n, grant in enumerate(grants, 1):
        number, agency = grant.number.strip(), grant.agency.strip() or grant.acronym.strip()
        if not number and not agency:
            continue
        # A number without an agency (or the other way round) names no grant; the paper does.
        own = f"{frame.place}/{n}"
        node = f"<{iris.grant(agency or 'unknown', number if number and agency else own)}>"
        frame.out.append(f"{frame.s}{FUNDED_BY}{node}")
        frame.share(node, RDF_TYPE, GRANT)
        if number:
            frame.share(node, NUMBER, quoted(number))
        if agency:
            organization = _agency(frame, grant, agency)
            if awarded.setdefault(node, organization) == organization:
                frame.share(node, AWARDED_BY, organization, True)
            else:
                frame.share(node, SUPPORTED_BY, organization)


def _agency(frame: Frame, grant: Grant, agency: str) -> str:
    """The agency's term. Its acronym is the one the source files its grants under, its country
    the one that the source says; an agency may have several of the first."""
    node = _organization(frame, grant, agency)
    if grant.acronym.strip() and grant.acronym.strip() != agency:
        frame.share(node, ACRONYM, quoted(grant.acronym.strip()))
    if grant.country.strip():
        frame.share(node, COUNTRY, quoted(grant.country.strip()), True)
    return node


def _organization(frame: Frame, grant: Grant, agency: str) -> str:
    ror = next((value for scheme, value in grant.identifiers if scheme == "ror" and value.strip()), "")
    if not ror:
        return named_organization(frame, agency)
    node = f"<{frame.iris.ror_organization(ror)}>"
    frame.share(node, RDF_TYPE, ORGANIZATION)
    frame.share(node, NAME, quoted(agency), True)
    frame.share(node, SAME_AS, f"<https://ror.org/{encode(ror)}>")
    return node

"""One article as PubMed's XML, in the structure of its DTD."""

from __future__ import annotations

from xml.sax.saxutils import escape

from .made_up import issn
from .network import Network, Work

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _date(tag: str, iso: str) -> str:
    year, month, day = iso.split("-")
    return f"<{tag}><Year>{year}</Year><Month>{month}</Month><Day>{day}</Day></{tag}>"


def _ids(work: Work, *, all_of_them: bool) -> str:
    """ArticleIds; among references only one, as PubMed gives most often, or none."""
    known = [("pubmed", work.pmid), ("doi", work.doi), ("pmc", work.pmcid)]
    if not all_of_them:
        known = known[:1] if work.pmid else known[1:2]
    ids = "".join(f'<ArticleId IdType="{kind}">{escape(value)}</ArticleId>' for kind, value in known if value)
    return f"<ArticleIdList>{ids}</ArticleIdList>"


def _author(given: str, family: str, orcid: str) -> str:
    iD = f'<Identifier Source="ORCID">{orcid}</Identifier>' if orcid else ""
    return (
        f'<Author ValidYN="Y"><LastName>{escape(family)}</LastName><ForeName>{escape(given)}</ForeName>'
        f"<Initials>{escape(given[0])}</Initials>{iD}<AffiliationInfo>"
        "<Affiliation>Institute of Made-Up Studies, Elsewhere.</Affiliation></AffiliationInfo></Author>"
    )


def _references(network: Network, n: int) -> str:
    found = []
    cited = network.references["pubmed"].get(n, [])
    for m in cited + cited[:1] * (n == 2):  # hub 2 lists one reference twice
        other = network.works[m]
        text = f"Someone S. {other.title}. {other.year};{1 + m % 40}:{other.pages}."
        found.append(
            f"<Reference><Citation>{escape(text)}</Citation>{_ids(other, all_of_them=False)}</Reference>"
        )
    found += [
        f"<Reference><Citation>{escape(text)}</Citation></Reference>" for text in network.texts.get(n, [])
    ]
    return f"<ReferenceList>{''.join(found)}</ReferenceList>" if found else ""


def article(network: Network, n: int) -> str:
    """A PubmedArticle element."""
    work = network.works[n]
    year, month, _ = work.date.split("-")
    number, name = issn(work.journal), f"Journal of Invented Care {work.journal}"
    doi = f'<ELocationID EIdType="doi" ValidYN="Y">{escape(work.doi)}</ELocationID>' if work.doi else ""
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{work.pmid}</PMID>'
        f'{_date("DateRevised", "2025-01-15")}<Article PubModel="Print"><Journal>'
        f'<ISSN IssnType="Print">{number}</ISSN><JournalIssue CitedMedium="Print">'
        f"<Volume>{1 + n % 40}</Volume><Issue>{1 + n % 6}</Issue>"
        f"<PubDate><Year>{year}</Year><Month>{MONTHS[int(month) - 1]}</Month></PubDate></JournalIssue>"
        f"<Title>{name}</Title><ISOAbbreviation>J Invent Care {work.journal}</ISOAbbreviation></Journal>"
        f"<ArticleTitle>{escape(work.title)}.</ArticleTitle>"
        f"<Pagination><MedlinePgn>{work.pages}</MedlinePgn></Pagination>{doi}"
        f"<Abstract><AbstractText>{escape(work.abstract)}</AbstractText></Abstract>"
        f'<AuthorList CompleteYN="Y">{"".join(_author(*a) for a in work.authors)}</AuthorList>'
        '<Language>eng</Language><PublicationTypeList><PublicationType UI="D016428">Journal Article'
        f'</PublicationType></PublicationTypeList><ArticleDate DateType="Electronic">'
        f"<Year>{year}</Year><Month>{month}</Month><Day>{work.date[8:]}</Day></ArticleDate></Article>"
        f"<MedlineJournalInfo><Country>Nowhere</Country><MedlineTA>J Invent Care {work.journal}</MedlineTA>"
        f"<NlmUniqueID>{99_100_000 + work.journal}</NlmUniqueID><ISSNLinking>{number}</ISSNLinking>"
        "</MedlineJournalInfo></MedlineCitation><PubmedData><PublicationStatus>ppublish</PublicationStatus>"
        f"{_ids(work, all_of_them=True)}{_references(network, n)}</PubmedData></PubmedArticle>"
    )

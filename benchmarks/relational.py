"""The same records as tables, and one mapping of them for morph-kgc (RML) and maplib (OTTR).

A mapping of the parts that make up most of our graph: articles, works, identifiers, authors with
roles, reference lists, citations, headings. Plain literals, no graph names, nothing reconciled: less
than ours is asked to do. Each kind of thing is written once here and told to both in its own words.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

BASE = "https://w3id.org/pss-kg/"
PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dcterms": "http://purl.org/dc/terms/",
    "fabio": "http://purl.org/spar/fabio/",
    "frbr": "http://purl.org/vocab/frbr/core#",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "datacite": "http://purl.org/spar/datacite/",
    "literal": "http://www.essepuntato.it/2010/06/literalreification/",
    "pro": "http://purl.org/spar/pro/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
    "co": "http://purl.org/co/",
    "biro": "http://purl.org/spar/biro/",
    "c4o": "http://purl.org/spar/c4o/",
    "cito": "http://purl.org/spar/cito/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
COLUMNS = {
    "publication": ["key", "pmid", "doi", "title", "abstract", "year", "volume", "issue", "pages", "journal"],
    "author": ["key", "n", "name", "given", "family"],
    "reference": ["key", "n", "text", "cited"],
    "citation": ["key", "cited"],
    "subject": ["key", "id", "label"],
}

_PUBLICATION, _ROLE, _AGENT = "publication/{key}", "role/{key}/author/{n}", "agent/{key}/author/{n}"
_MESH = "http://id.nlm.nih.gov/mesh/{id}"

THINGS: dict[str, tuple[str, str, dict[str, str]]] = {
    # name: (table, subject, property -> object); an object is `<an IRI>`, with {column}, or a column
    "Publication": (
        "publication",
        _PUBLICATION,
        {
            "rdf:type": "<fabio:JournalArticle>",
            "dcterms:title": "title",
            "dcterms:abstract": "abstract",
            "prism:doi": "doi",
            "fabio:hasPubMedId": "pmid",
            "fabio:hasPublicationYear": "year",
            "prism:volume": "volume",
            "prism:issueIdentifier": "issue",
            "prism:pageRange": "pages",
            "frbr:partOf": "<journal/{journal}>",
            "frbr:realizationOf": "<work/{key}>",
            "frbr:part": "<reference-list/{key}>",
            "datacite:hasIdentifier": "<identifier/pmid/{pmid}>",
        },
    ),
    "Work": ("publication", "work/{key}", {"rdf:type": "<fabio:ResearchPaper>"}),
    "Identifier": (
        "publication",
        "identifier/pmid/{pmid}",
        {
            "rdf:type": "<datacite:Identifier>",
            "datacite:usesIdentifierScheme": "<datacite:pmid>",
            "literal:hasLiteralValue": "pmid",
        },
    ),
    "Creator": (
        "author",
        _PUBLICATION,
        {"dcterms:creator": f"<{_AGENT}>", "pro:isDocumentContextFor": f"<{_ROLE}>"},
    ),
    "Role": (
        "author",
        _ROLE,
        {
            "rdf:type": "<pro:RoleInTime>",
            "pro:withRole": "<pro:author>",
            "pro:isHeldBy": f"<{_AGENT}>",
            "schema:position": "n",
        },
    ),
    "Agent": (
        "author",
        _AGENT,
        {
            "rdf:type": "<foaf:Person>",
            "foaf:name": "name",
            "foaf:givenName": "given",
            "foaf:familyName": "family",
        },
    ),
    "Element": ("reference", "reference-list/{key}", {"co:element": "<reference/{key}/{n}>"}),
    "Reference": (
        "reference",
        "reference/{key}/{n}",
        {
            "rdf:type": "<biro:BibliographicReference>",
            "fabio:hasSequenceIdentifier": "n",
            "c4o:hasContent": "text",
            "biro:references": "<publication/{cited}>",
        },
    ),
    "Cites": ("citation", _PUBLICATION, {"cito:cites": "<publication/{cited}>"}),
    "Citation": (
        "citation",
        "citation/{key}/{cited}",
        {
            "rdf:type": "<cito:Citation>",
            "cito:hasCitingEntity": f"<{_PUBLICATION}>",
            "cito:hasCitedEntity": "<publication/{cited}>",
            "cito:hasCitationCharacterization": "<cito:cites>",
        },
    ),
    "Cited": ("citation", "publication/{cited}", {"rdf:type": "<fabio:Expression>"}),
    "Term": ("subject", _PUBLICATION, {"fabio:hasSubjectTerm": f"<{_MESH}>"}),
    "Heading": ("subject", _MESH, {"skos:prefLabel": "label"}),
}


def write(kg: Path, folder: Path) -> int:
    """Write the records of a workspace as CSV tables, and the RML beside; gives the records."""
    from pss_kg.stages import reading, record_file
    from pss_kg.workspace import Workspace

    folder.mkdir(parents=True, exist_ok=True)
    files = {name: (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") for name in COLUMNS}
    writers = {name: csv.writer(file, lineterminator="\n") for name, file in files.items()}
    for name, columns in COLUMNS.items():
        writers[name].writerow(columns)
    workspace, count = Workspace.open(kg), 0
    for report in reading.load_reports(workspace):
        path = record_file.record_path(workspace, report.id)
        for offset, size, _ in report.frames:
            for record in record_file.read_frame(path, offset, size):
                count += 1
                for table, values in _rows(record):
                    writers[table].writerow([_one_line(value) for value in values])
    for file in files.values():
        file.close()
    (folder / "mapping.rml.ttl").write_text(rml(folder), encoding="utf-8")
    return count


def _one_line(value: object) -> str:
    return " ".join(str(value).split())


def _rows(record: Any) -> Iterator[tuple[str, list[object]]]:
    ids = dict(reversed(record.identifiers))
    key = _key(record.identifiers) or f"pmid-{record.id}"
    abstract = " ".join(section.text for section in record.abstract.sections) if record.abstract else ""
    date = record.issue_date or record.electronic_date
    journal = record.journal.nlm_id if record.journal else ""
    where = (date.value[:4] if date else "", record.volume, record.issue, record.pages, journal)
    yield (
        "publication",
        [key, ids.get("pmid", record.id), ids.get("doi", ""), record.title, abstract, *where],
    )
    for number, person in enumerate(record.contributors, 1):
        yield "author", [key, number, person.name, person.given, person.family]
    cited: dict[str, None] = {}
    for number, reference in enumerate(record.references, 1):
        other = _key(reference.identifiers)
        cited.setdefault(other)
        yield "reference", [key, number, reference.text, other]
    for other in filter(None, cited):
        yield "citation", [key, other]
    for subject in record.subjects:
        yield "subject", [key, subject.id, subject.label]


def _key(identifiers: tuple[tuple[str, str], ...]) -> str:
    ids = dict(reversed(identifiers))
    return next((f"{s}-{quote(ids[s], safe='')}" for s in ("pmid", "doi", "pmcid") if s in ids), "")


def _full(name: str) -> str:
    """An IRI (or its template) in full, from a prefixed name or a path under the base."""
    prefix, _, local = name.partition(":")
    if prefix in PREFIXES:
        return PREFIXES[prefix] + local
    return name if name.startswith("http") else BASE + name


def rml(folder: Path) -> str:
    """The mapping in RML over the CSV tables of `folder`."""
    lines = [
        "@prefix rr: <http://www.w3.org/ns/r2rml#> .",
        "@prefix rml: <http://semweb.mmlab.be/ns/rml#> .",
        "@prefix ql: <http://semweb.mmlab.be/ns/ql#> .",
    ]
    for name, (table, subject, properties) in THINGS.items():
        lines.append(
            f'<#{name}> rml:logicalSource [ rml:source "{folder / table}.csv"; '
            f'rml:referenceFormulation ql:CSV ]; rr:subjectMap [ rr:template "{_full(subject)}" ]'
        )
        for predicate, said in properties.items():
            told = f'rml:reference "{said}"'
            if said.startswith("<"):
                full = _full(said[1:-1])
                # Keys are percent-encoded already; as IRI templates they would be so twice.
                told = f'rr:template "{full}"' if "{" in said else f"rr:constant <{full}>"
            lines.append(
                f"; rr:predicateObjectMap [ rr:predicate <{_full(predicate)}>; rr:objectMap [ {told} ] ]"
            )
        lines.append(".")
    return "\n".join(lines) + "\n"


def _ottr() -> str:
    lines = ["@prefix t: <urn:t:> ."]
    for name, (_, _, properties) in THINGS.items():
        parameters, triples = ["ottr:IRI ?s"], []
        for number, (predicate, said) in enumerate(properties.items()):
            value = f"?o{number}"
            if said.startswith("<") and "{" not in said:
                value = f"<{_full(said[1:-1])}>"
            else:
                parameters.append(f"? {'ottr:IRI' if said.startswith('<') else 'xsd:string'} {value}")
            triples.append(f"ottr:Triple(?s, <{_full(predicate)}>, {value})")
        lines.append(f"t:{name} [ {', '.join(parameters)} ] :: {{ {', '.join(triples)} }} .")
    return "\n".join(lines) + "\n"


TEMPLATES = _ottr()
"""The mapping as OTTR templates."""


def frames(polars: Any, folder: Path) -> Iterator[tuple[str, Any]]:
    """(template, data frame) of each kind of thing; an empty cell is null."""
    tables = {
        name: polars.read_csv(folder / f"{name}.csv", infer_schema=False, null_values=[""])
        for name in COLUMNS
    }

    def filled(template: str) -> Any:
        names = re.findall(r"{(\w+)}", template)
        return polars.format(re.sub(r"{\w+}", "{}", _full(template)), *map(polars.col, names))

    for name, (table, subject, properties) in THINGS.items():
        columns = [filled(subject).alias("s")]
        for number, said in enumerate(properties.values()):
            if not said.startswith("<"):
                columns.append(polars.col(said).alias(f"o{number}"))
            elif "{" in said:
                columns.append(filled(said[1:-1]).alias(f"o{number}"))
        yield f"urn:t:{name}", tables[table].select(columns)

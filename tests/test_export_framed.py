"""One publication, one document: the trees are those that JSON-LD framing makes of the whole graph."""

# ruff: noqa: E501  data reads best in lines of its own

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from published import publish_trig

from pss_kg import export
from pss_kg.export import Selection
from pss_kg.resources import folder
from pss_kg.vocabulary import BASE, CITO
from pss_kg.workspace import Workspace


def documents(workspace: Workspace, *keys: str) -> list[dict[str, Any]]:
    out = io.BytesIO()
    written = export.export(workspace, "json-ld-framed", out, Selection(publications=keys))
    lines = out.getvalue().decode().split("\n")
    assert lines.pop() == ""
    assert written.statements == len(lines)
    return [json.loads(line) for line in lines]


def ontology(name: str) -> Any:
    return json.loads((folder("ontology") / name).read_text("utf-8"))


def framed_by_pyld(workspace: Workspace, iri: str) -> Any:
    """The whole of main, framed with the frame that ships, as expanded JSON-LD."""
    from pyld import jsonld

    out = io.BytesIO()
    export.export(workspace, "json-ld", out)
    whole = json.loads(out.getvalue())
    frame = {**ontology("frame.jsonld"), "@context": whole["@context"], "id": iri}
    return jsonld.expand(jsonld.frame(whole, frame))


def ordered(expanded: Any) -> Any:
    """Citations have no order of their own; everything else keeps its place."""
    for node in expanded:
        for nodes in node.get("@reverse", {}).values():
            nodes.sort(key=lambda other: other["@id"])
    return expanded


def test_the_trees_are_those_of_the_framing_algorithm(example_kg: Path) -> None:
    from pyld import jsonld

    workspace = Workspace.open(example_kg)
    found = documents(workspace)
    assert len(found) == sum(workspace.manifest().counts[name] for name in ("described", "mentioned"))
    for document in found:
        expanded = jsonld.expand(document)
        theirs = framed_by_pyld(workspace, expanded[0]["@id"])
        assert ordered(expanded) == ordered(theirs)


def test_each_line_stands_by_itself_and_holds_its_publication_s_triples(example_kg: Path) -> None:
    from pyld import jsonld

    workspace = Workspace.open(example_kg)
    out = io.BytesIO()
    export.export(workspace, "n-triples", out)
    main = {line.removesuffix(" .") for line in out.getvalue().decode().split("\n")}
    told: set[str] = set()
    for document in documents(workspace):
        text = jsonld.to_rdf(document, {"format": "application/n-quads"})
        told |= {line.removesuffix(" .") for line in text.split("\n")}
    assert told <= main
    # What no publication points to is in no tree.
    subjects = {line.split(" ")[0] for line in main - told}
    assert not any(subject.startswith(f"<{BASE}publication/") for subject in subjects)


GRAPH = """
<graph/main> {
  <publication/pmid-1> a fabio:JournalArticle ; frbr:realizationOf <work/pmid-1> ; fabio:hasPublicationYear "2020"^^xsd:gYear ;
    dcterms:creator <agent/pmid-1/author/1>, <agent/orcid-1>  ;
    pro:isDocumentContextFor <role/pmid-1/author/1>, <role/pmid-1/author/2> ;
    frbr:part <publication/pmid-1/abstract>, <reference-list/pmid-1> ; fabio:hasSubjectTerm mesh:D1 ;
    cito:cites <publication/pmid-2> ; cito:retracts <publication/pmid-2> .
  <role/pmid-1/author/1> a pro:RoleInTime ; pro:isHeldBy <agent/pmid-1/author/1> ; oco:hasNext <role/pmid-1/author/2> ;
    schema:position 1 ; pro:relatesToOrganization <organization/ror-1> .
  <agent/pmid-1/author/1> a foaf:Person ; foaf:name "Zoë" .
  <role/pmid-1/author/2> a pro:RoleInTime ; pro:isHeldBy <agent/orcid-1> ; schema:position 2 ;
    pro:relatesToOrganization <organization/ror-1> .
  <publication/pmid-1/abstract> a doco:Abstract ; frbr:part <publication/pmid-1/abstract/1>, <publication/pmid-1/abstract/2> .
  <publication/pmid-1/abstract/1> a deo:Methods ; c4o:hasContent "M"@en .
  <publication/pmid-1/abstract/2> a deo:Results ; c4o:hasContent "R"@en .
  <reference-list/pmid-1> a biro:ReferenceList ; co:element <reference/pmid-1/1>, <reference/pmid-1/2> .
  <reference/pmid-1/1> a biro:BibliographicReference ; oco:hasNext <reference/pmid-1/2> ; biro:references <publication/pmid-2> .
  <reference/pmid-1/2> a biro:BibliographicReference ; c4o:hasContent "Unresolved" .
  <citation/pmid-1/pmid-2> a cito:Citation ; cito:hasCitingEntity <publication/pmid-1> ; cito:hasCitedEntity <publication/pmid-2> .
  <publication/pmid-2> a fabio:Letter ; dcterms:title "role: \\"doi:x\\"" .
}
"""
SHARED = f"""<{BASE}agent/orcid-1> <http://xmlns.com/foaf/0.1/name> "Ada"
<{BASE}organization/ror-1> <http://xmlns.com/foaf/0.1/name> "Nowhere"
<http://id.nlm.nih.gov/mesh/D1> <http://www.w3.org/2004/02/skos/core#prefLabel> "Things"@en"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """One file of publications, one of shared things."""
    import hashlib

    import msgspec

    from pss_kg.workspace import ShardFile

    made = publish_trig(tmp_path / "kg", GRAPH)
    content = "".join(f"{line} <{BASE}graph/main> .\n" for line in SHARED.split("\n")).encode()
    digest = hashlib.sha256(content).hexdigest()
    (made.graph / "main" / "shared.nq").write_bytes(content)
    manifest = made.manifest()
    file = ShardFile("main", "shared-00", "main/shared.nq", 3, len(content), digest)
    made.publish(msgspec.structs.replace(manifest, files=(*manifest.files, file)))
    return made


def test_a_tree_reads_from_the_publication_to_its_citations(workspace: Workspace) -> None:
    first, second = documents(workspace)
    assert first["id"] == "kg:publication/pmid-1"
    assert first["publicationYear"] == "2020"
    assert [role["heldBy"]["name"] for role in first["documentContextFor"]] == ["Zoë", "Ada"]
    # A thing that is pointed to twice stands in both places.
    assert [role["relatesToOrganization"]["name"] for role in first["documentContextFor"]] == ["Nowhere"] * 2
    abstract, references = first["part"]
    assert [section["type"] for section in abstract["part"]] == ["deo:Methods", "deo:Results"]
    assert [entry.get("references") for entry in references["element"]] == ["kg:publication/pmid-2", None]
    assert first["citation"]["citedEntity"] == "kg:publication/pmid-2"
    # Other publications are named, not told.
    assert first["cites"] == first["retracts"] == "kg:publication/pmid-2"
    assert second["title"] == 'role: "doi:x"'


def test_made_up_trees_equal_pylds(workspace: Workspace) -> None:
    from pyld import jsonld

    for document in documents(workspace):
        expanded = jsonld.expand(document)
        assert ordered(expanded) == ordered(framed_by_pyld(workspace, expanded[0]["@id"]))


def test_some_publications_can_be_asked_for(workspace: Workspace) -> None:
    (one,) = documents(workspace, "pmid-1")
    assert one == documents(workspace)[0]


def test_the_context_of_a_line_holds_what_the_line_needs(workspace: Workspace) -> None:
    whole = ontology("context.jsonld")["@context"] | {"kg": BASE}
    for document in documents(workspace):
        context = document["@context"]
        assert len(context) < len(whole)
        assert all(whole[name] == value for name, value in context.items())


def test_the_frame_names_terms_of_the_context_and_all_relations_between_publications() -> None:
    context, frame = ontology("context.jsonld")["@context"], ontology("frame.jsonld")
    names = {name for name in frame if not name.startswith("@")}
    assert names <= context.keys()
    assert context["citation"]["@reverse"] == "cito:hasCitingEntity"
    assert context["cito"] == CITO
    for relation in ("cites", "discusses", "corrects", "retracts", "qualifies", "updates", "replaces"):
        assert frame[relation] == {"@embed": "@never"}

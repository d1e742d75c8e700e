"""What scripts/make_axioms.py promises."""

from __future__ import annotations

from pathlib import Path

import pytest
from loaded_scripts import script

from pss_kg.resources import folder

AXIOMS = folder("ontology") / "axioms"


class TestMakeAxioms:
    vocabulary = """
    @prefix : <http://purl.org/spar/deo/> .
    @prefix owl: <http://www.w3.org/2002/07/owl#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix prism: <http://prismstandard.org/namespaces/basic/2.0/> .
    @prefix dcterms: <http://purl.org/dc/terms/> .
    <http://purl.org/spar/deo> a owl:Ontology ; owl:versionInfo "1" ; owl:imports <http://example.org/no> .
    :B a owl:Class ; rdfs:label "b" ; rdfs:comment "Prose." ; rdfs:subClassOf :A, [ a owl:Restriction ] .
    :p a owl:ObjectProperty ; owl:inverseOf :q ; rdfs:domain :A ; rdfs:range [ owl:unionOf (:A :B) ] .
    :q a owl:ObjectProperty ; owl:deprecated true .
    :A a owl:Class .
    :one a owl:NamedIndividual, :A .
    prism:doi a owl:DatatypeProperty .
    dcterms:title a owl:AnnotationProperty .
    rdfs:label a owl:AnnotationProperty .
    """

    def made(self, tmp_path: Path, output: str = "out") -> str:
        source = tmp_path / "vocab" / "spar" / "deo"
        source.mkdir(parents=True, exist_ok=True)
        (source / "deo.ttl").write_text(self.vocabulary, encoding="utf-8")
        assert script("make_axioms").main([str(tmp_path / "vocab"), str(tmp_path / output)]) == 0
        return (tmp_path / output / "deo.ttl").read_text(encoding="utf-8")

    def test_it_keeps_terms_and_named_relations_and_nothing_else(self, tmp_path: Path) -> None:
        text = self.made(tmp_path)
        assert text.split("\n\n", 2)[2].strip() == (
            '<http://purl.org/spar/deo> a owl:Ontology ;\n    owl:versionInfo "1" .\n\n'
            "deo:A a owl:Class .\n\n"
            "deo:B a owl:Class ;\n    rdfs:subClassOf deo:A .\n\n"
            "deo:one a deo:A, owl:NamedIndividual .\n\n"
            "deo:p a owl:ObjectProperty ;\n    owl:inverseOf deo:q ;\n    rdfs:domain deo:A .\n\n"
            "deo:q a owl:ObjectProperty ;\n    owl:deprecated true .\n\n"
            "prism:doi a owl:DatatypeProperty ."
        )

    def test_it_gives_the_same_bytes_again(self, tmp_path: Path) -> None:
        assert self.made(tmp_path, "one") == self.made(tmp_path, "two")

    def test_a_folder_without_vocabularies_is_an_error(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert script("make_axioms").main([str(tmp_path)]) == 3
        assert "no vocabulary found" in capsys.readouterr().err

    @pytest.mark.shared
    def test_the_axioms_are_those_of_the_vocabularies(self, tmp_path: Path, shared_data: Path) -> None:
        assert script("make_axioms").main([str(shared_data / "vocab"), str(tmp_path)]) == 0
        made = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
        assert made == {p.name: p.read_bytes() for p in AXIOMS.glob("*.ttl")}

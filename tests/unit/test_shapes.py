"""Our shapes: well made, bilingual, and each kept by one fixture and broken by another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from essgraph import config
from essgraph.shacl import engine, sparql
from essgraph.shacl.data import of_files
from essgraph.shacl.report import Report
from essgraph.shacl.shapes import Shapes, read_shapes
from essgraph.sources import ntriples, reserved, turtle
from essgraph.vocab import RDF_TYPE, RDFS, SH, Names

NAMES = Names()
FOLDER = config.Settings().shapes_dir
FIXTURES = Path(__file__).parents[1] / "fixtures" / "shapes"
FAILING = sorted((FIXTURES / "failing").glob("*.ttl"))
CONFORMING = sorted((FIXTURES / "conforming").glob("*.ttl"))
SHAPES = read_shapes(FOLDER, NAMES)


def _named(kind: str) -> list[NamedNode]:
    found = SHAPES.graph.quads_for_object(NamedNode(SH + kind))
    return sorted(
        (q.subject for q in found if isinstance(q.subject, NamedNode)), key=lambda n: n.value
    )


TOLD = [shape for shape in _named("PropertyShape") if SHAPES.deactivated(shape)]
"""Property shapes that pages and forms read and that constrain nothing."""

PROPERTY_SHAPES = [shape for shape in _named("PropertyShape") if shape not in TOLD]
RULES = [
    shape
    for shape in _named("NodeShape")
    if not SHAPES.values(shape, "property") or SHAPES.values(shape, "sparql")
]
"""Node shapes that hold a constraint of their own."""


CONSTRAINTS = _named("SPARQLConstraint")
"""Constraints with a name of their own, which several shapes share."""


def _local(node: NamedNode) -> str:
    return node.value.rpartition("/")[2]


@cache
def _validate(file: Path, engine_name: str = "fast") -> Report:
    background = map(ntriples.statement, turtle.read(FIXTURES / "background.ttl", NAMES))
    with of_files([file], NAMES, background) as data:
        return engine.validate(data, FOLDER, engine_name, NAMES)


def _broken_by(file: Path) -> str:
    found = re.match(r"# Breaks shape:([\w-]+): ", file.read_text("utf-8"))
    assert found, f"{file}: the first line says which shape it breaks"
    return found[1]


def _languages(node: NamedNode, predicate: NamedNode) -> set[str]:
    quads = SHAPES.graph.quads_for_subject(node)
    texts = (q.object for q in quads if q.predicate == predicate)
    return {text.language or "" for text in texts if isinstance(text, Literal)}


def _messages() -> Iterator[tuple[str, set[str]]]:
    message = NamedNode(SH + "message")
    for shape in PROPERTY_SHAPES:
        yield _local(shape), _languages(shape, message)
    queries = {constraint.shape: constraint for constraint in sparql.constraints(SHAPES)}
    for rule in RULES:
        if rule in queries:
            yield _local(rule), set(queries[rule].messages)
        else:
            yield _local(rule), _languages(rule, message)
    for constraint in CONSTRAINTS:
        yield _local(constraint), _languages(constraint, message)


@pytest.mark.parametrize("file", CONFORMING, ids=lambda file: file.stem)
def test_conforming_fixture_breaks_nothing(file: Path) -> None:
    """Sound data of a domain class gets an empty report."""
    report = _validate(file)

    assert [(result.rule, str(result.value)) for result in report.results] == []


@pytest.mark.parametrize("file", FAILING, ids=lambda file: file.stem)
def test_failing_fixture_breaks_its_rule_and_no_other(file: Path) -> None:
    """Each fault is told by the rule made for it."""
    report = _validate(file)

    assert {result.rule.rpartition("/")[2] for result in report.results} == {_broken_by(file)}


@pytest.mark.parametrize("engine_name", ["fast", "pyshacl"])
def test_missing_entity_is_told_of_the_one_that_links_to_it(engine_name: str) -> None:
    """Each link is one case: where to mend it, by which property, what is missing."""
    report = _validate(FIXTURES / "failing" / "Reference-described-default.ttl", engine_name)

    initiative = NAMES.entity("initiative", "four-commun")
    publication = NAMES.entity("publication", "enquete")
    assert {(r.focus_node, r.path and r.path.plain, r.value) for r in report.results} == {
        (initiative, "http://purl.org/dc/terms/source", publication),
        (initiative, "http://www.w3.org/ns/prov#hadPrimarySource", publication),
        (initiative, f"{NAMES.ontology}ledBy", NAMES.entity("person", "zoe-durand")),
    }
    assert len(report.results) == 3


@pytest.mark.parametrize("file", FAILING, ids=lambda file: file.stem)
def test_only_violations_block(file: Path) -> None:
    """The report conforms when its rule's severity is a warning or information."""
    rule = NamedNode(f"{NAMES.base}shape/{_broken_by(file)}")
    blocking = SHAPES.value(rule, "severity") in (None, NamedNode(SH + "Violation"))

    assert _validate(file).conforms is not blocking


def test_names_of_the_register_are_those_that_nothing_curated_may_have() -> None:
    """What the shapes let pass without source and evidence, readers and writes refuse."""
    quads = SHAPES.graph.quads_for_predicate(NamedNode(SH + "pattern"))
    patterns = [q.object.value for q in quads if isinstance(q.object, Literal)]

    assert [p for p in patterns if "/id/mandate/" in p] == [reserved.MANDATE] * 2


def test_every_rule_has_a_failing_fixture() -> None:
    """No constraint is there that was never seen to speak."""
    broken = {_broken_by(file) for file in FAILING}

    assert {_local(rule) for rule in [*PROPERTY_SHAPES, *RULES, *CONSTRAINTS]} - broken == set()


def test_every_file_has_a_conforming_fixture() -> None:
    """One sound example a domain class."""
    assert {file.name for file in CONFORMING} == {file.name for file in FOLDER.glob("*.ttl")}


def test_messages_are_bilingual() -> None:
    """Every constraint speaks French and English."""
    assert {name: said for name, said in _messages() if said != {"fr", "en"}} == {}


@pytest.mark.parametrize("shape", [*PROPERTY_SHAPES, *TOLD], ids=_local)
def test_property_shape_can_drive_a_page(shape: NamedNode) -> None:
    """A property shape has FR+EN names, an order and a known group."""
    groups = _named("PropertyGroup")

    assert _languages(shape, NamedNode(SH + "name")) == {"fr", "en"}
    assert isinstance(SHAPES.value(shape, "order"), Literal)
    assert SHAPES.value(shape, "group") in groups


@pytest.mark.parametrize("shape", PROPERTY_SHAPES, ids=_local)
def test_constraint_says_how_grave_it_is(shape: NamedNode) -> None:
    """A property shape that constrains has a severity."""
    assert SHAPES.value(shape, "severity") is not None


def test_what_is_only_told_is_in_use() -> None:
    """No property shape is left that no class tells."""
    used = {node for _, node in SHAPES.about("property")}

    assert {_local(shape) for shape in TOLD if shape not in used} == set()


def test_groups_are_named_and_ordered() -> None:
    """Each group of properties has FR+EN labels and an order of its own."""
    groups = _named("PropertyGroup")
    orders = [SHAPES.value(group, "order") for group in groups]

    assert len(set(map(str, orders))) == len(groups)
    assert all(_languages(g, NamedNode(RDFS + "label")) == {"fr", "en"} for g in groups)


def test_patterns_stay_where_engines_agree() -> None:
    """A pattern has no look-ahead, no backslash class and no flag but i."""
    patterns = [text.value for _, text in SHAPES.about("pattern") if isinstance(text, Literal)]
    flags = {text.value for _, text in SHAPES.about("flags") if isinstance(text, Literal)}

    assert [pattern for pattern in patterns if "\\" in pattern or "(?" in pattern] == []
    assert flags <= {"i"}


def test_queries_run_alone() -> None:
    """Each file declares the prefixes of its own queries, so that --shapes FILE works."""
    for file in sorted(FOLDER.glob("*.ttl")):
        alone: Shapes = read_shapes(file, NAMES)

        assert len(sparql.constraints(alone)) == len(alone.about("sparql"))


def test_shapes_move_with_the_base_iri() -> None:
    """A deployment under another base validates its own terms."""
    names = Names("https://exemple.fr/graphe/")
    moved = read_shapes(FOLDER, names)

    assert names.base + "shape/Mandate" in {n.value for n, _ in moved.about("targetClass")}
    assert "w3id.org/essgraph" not in moved.ntriples()


def test_no_class_is_left_without_shape() -> None:
    """Every class that the common rules name exists in the ontology or in a vocabulary."""
    named = {node.value for _, node in SHAPES.about("targetClass") if isinstance(node, NamedNode)}
    ours = {iri for iri in named if iri.startswith(NAMES.ontology)}
    ontology = turtle.read(config.Settings().ontology_dir / "ess.ttl", NAMES)
    declared = {
        t.subject.value
        for t in ontology
        if t.predicate == RDF_TYPE and isinstance(t.subject, NamedNode)
    }

    assert ours - declared == set()

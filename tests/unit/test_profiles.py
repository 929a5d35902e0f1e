"""The shapes as pages, forms and facets read them: complete, and in one order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from essgraph import profiles, vocab
from essgraph.config import Settings
from essgraph.profiles import Field, Group, Profile, Profiles
from essgraph.search import facets
from essgraph.sources import turtle
from essgraph.vocab import Names

NAMES = Names()
SETTINGS = Settings()
READ = profiles.read(SETTINGS.shapes_dir, SETTINGS.ontology_dir, NAMES)
TINY = Path(__file__).parents[1] / "fixtures" / "tiny.trig"
COLLECTION = SETTINGS.data_dir / "collection"
SUBCLASS = NamedNode(vocab.RDFS + "subClassOf")
TYPE = vocab.RDF + "type"


def _used(statements: Iterable[Quad | Triple]) -> Mapping[tuple[str, ...], set[str]]:
    """Classes of an instance -> the properties that instances of them have."""
    facts: dict[str, set[str]] = defaultdict(set)
    classes: dict[str, set[str]] = defaultdict(set)
    for statement in statements:
        if not isinstance(statement.subject, NamedNode):
            continue
        subject, predicate = statement.subject.value, statement.predicate.value
        if predicate != TYPE:
            facts[subject].add(predicate)
        elif isinstance(statement.object, NamedNode):
            classes[subject].add(statement.object.value)
    used: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for subject, found in classes.items():
        if READ.of(sorted(found)).fields:
            used[tuple(sorted(found))] |= facts[subject]
    return used


def _untold(used: Mapping[tuple[str, ...], set[str]]) -> set[str]:
    """What is used of a class and not told whole: name in both languages, order, group."""
    return {
        f"{NAMES.compact(classes[0])} {NAMES.compact(prop)}"
        for classes, properties in used.items()
        for prop in properties
        if not _is_whole(READ.of(classes).field(prop))
    }


def _is_whole(field: Field | None) -> bool:
    return (
        field is not None
        and {"fr", "en"} <= set(field.names)
        and field.group is not None
        and field.order != float("inf")
    )


def test_each_property_of_the_fixture_is_told() -> None:
    """No page falls back to the label of a property where shapes know the class."""
    used = _used(parse(path=str(TINY), format=RdfFormat.TRIG))

    assert used
    assert _untold(used) == set()


def test_each_property_of_the_collection_is_told() -> None:
    """A property that curators begin to use needs a shape that names it, or the build fails."""
    statements = [t for file in sorted(COLLECTION.glob("*.ttl")) for t in turtle.read(file, NAMES)]
    used = _used(statements)

    assert len(used) > 10
    assert _untold(used) == set()


@pytest.mark.parametrize("class_iri", sorted(READ.own), ids=NAMES.compact)
def test_no_two_properties_stand_at_one_place(class_iri: str) -> None:
    """The order of a page does not depend on chance."""
    orders = Counter(field.order for field in READ.of([class_iri]).fields)

    assert {order for order, times in orders.items() if times > 1} == set()


def test_schemes_exist() -> None:
    """The values of a property are concepts of a list that the ontology has."""
    folder = SETTINGS.ontology_dir / "schemes"
    scheme = NamedNode(vocab.SKOS + "ConceptScheme")
    known = {
        triple.subject.value
        for file in folder.glob("*.ttl")
        for triple in turtle.read(file, NAMES)
        if triple.object == scheme and isinstance(triple.subject, NamedNode)
    }
    named = {field.scheme for profile in READ.own.values() for field in profile.fields} - {""}

    assert named
    assert named - known == set()


@pytest.mark.parametrize("kind", sorted(facets.FACETS))
def test_shapes_and_search_know_the_same_facets(kind: str) -> None:
    """What shapes mark as a facet is one of the exploration, and the other way round."""
    told = READ.of([facets.kind_class(kind, NAMES)]).fields
    searched = {
        key
        for name in (*facets.FACETS[kind], facets.YEAR)
        for key in facets.keys(kind, name, NAMES)
    }

    assert {field.key for field in told if field.facet} == searched


@pytest.mark.parametrize("name", ["Initiative", "Publication"])
def test_a_form_knows_what_it_asks_for(name: str) -> None:
    """Each field of a form has a datatype, a class, a scheme, choices or a pattern."""
    fields = [field for field in READ.of([NAMES.ess(name).value]).fields if field.form]

    assert len(fields) > 4
    assert [
        field.path
        for field in fields
        if not (field.datatypes or field.classes or field.scheme or field.choices or field.pattern)
    ] == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Initiative", "dcterms:description dcterms:spatial ess:carriedBy ess:partner ess:sector"),
        ("Territory", "igeo:subdivisionDe ess:inhabitants igeo:codeINSEE ess:postalCode"),
        ("Mandate", "org:member org:role schema:startDate prov:hadPrimarySource"),
        ("Figure", "schema:value ess:measures ess:about ess:wording dcterms:date"),
    ],
)
def test_classes_are_told_as_people_ask(name: str, told: str) -> None:
    """The reading order of a page: what it is, where, who, how, when, codes, sources."""
    fields = READ.of([NAMES.ess(name).value]).fields
    order = [NAMES.compact(field.path) for field in fields if not field.then and not field.inverse]

    assert [path for path in order if path in told.split()] == told.split()


def test_what_a_class_says_goes_before_what_is_above_it() -> None:
    """An own name of a property wins over the common one, and limits add up."""
    group = Group("urn:group", {"fr": "Où"}, 1)
    above = Field("urn:p", False, {"fr": "général"}, None, 9, 1, None)
    own = Field("urn:p", False, {"fr": "propre"}, group, 3, 0, 1, facet=True)
    read = Profiles(
        {"urn:A": Profile(("urn:A",), {}, (above,)), "urn:B": Profile(("urn:B",), {}, (own,))},
        {"urn:B": ("urn:B", "urn:A")},
    )

    (field,) = read.of(["urn:B"]).fields
    assert (field.names["fr"], field.order, field.least, field.most) == ("propre", 3, 1, 1)
    assert field.facet
    assert field.group == group


def test_a_profile_is_put_together_once() -> None:
    """Pages ask for the same classes again and again."""
    assert READ.of([NAMES.ess("Policy").value]) is READ.of([NAMES.ess("Policy").value])

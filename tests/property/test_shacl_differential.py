"""The fast engine tells what the reference tells: on our fixtures and on damaged graphs.

Both must find the same set of (focus node, path, value, component, severity) in the same shape.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from essgraph import config
from essgraph.shacl import engine
from essgraph.shacl.data import of_files
from essgraph.sources import ntriples, turtle
from essgraph.vocab import IGEO, RDF_TYPE, SCHEMA, XSD, Names

NAMES = Names()
FOLDER = config.Settings().shapes_dir
FIXTURES = Path(__file__).parents[1] / "fixtures" / "shapes"
FILES = sorted(FIXTURES.glob("*/*.ttl"))
DOMAINS = sorted(file.stem for file in (FIXTURES / "conforming").glob("*.ttl"))

Found = set[tuple[str, ...]]
Node = NamedNode | BlankNode


@cache
def _background() -> tuple[ntriples.Statement, ...]:
    read = turtle.read(FIXTURES / "background.ttl", NAMES)
    return tuple(map(ntriples.statement, read))


def _compare(file: Path, shapes: list[Path]) -> tuple[Found, Found]:
    found: list[Found] = []
    for name in ("fast", "pyshacl"):
        with of_files([file], NAMES, _background()) as data:
            report = engine.validate(data, shapes, name, NAMES)
        found.append({(*result.key, result.rule) for result in report.results})
    return found[0], found[1]


def _shapes_for(file: Path) -> list[Path]:
    """The shape file of a fixture: of its name, or that which holds the rule it breaks."""
    if file.parent.name == "conforming":
        return [FOLDER / file.name]
    rule = file.read_text("utf-8").partition("shape:")[2].partition(":")[0]
    return [path for path in FOLDER.glob("*.ttl") if f"\nshape:{rule}\n" in path.read_text("utf-8")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_engines_agree_on_each_fixture(file: Path) -> None:
    """Sound and broken fixtures get the same results from both engines."""
    fast, reference = _compare(file, _shapes_for(file))

    assert fast == reference
    assert bool(reference) is (file.parent.name == "failing")


_DATES = ("date", "gYearMonth", "gYear")
_LITERALS = st.one_of(
    st.builds(Literal, st.sampled_from(["", " ", "05065", "5065", "732829320", "2014", "Zoé"])),
    st.builds(
        lambda text, lang: Literal(text, language=lang),
        st.sampled_from(["Four", "Oven", " "]),
        st.sampled_from(["fr", "en", "en-GB", "de"]),
    ),
    st.builds(
        lambda text, kind: Literal(text, datatype=NamedNode(XSD + kind)),
        st.sampled_from(["1", "01", "-1", "1.0", "1.50", "x", "true", "300", "+1"]),
        st.sampled_from(["integer", "decimal", "boolean", "byte", "string", "double"]),
    ),
    st.builds(
        lambda text, kind: Literal(text, datatype=NamedNode(XSD + kind)),
        st.sampled_from(["2008", "2008-03", "2008-03-15", "2014-02-30", "2014-03-30", "mars"]),
        st.sampled_from(_DATES),
    ),
)


@cache
def _sound(domain: str) -> tuple[Triple, ...]:
    read = turtle.read(FIXTURES / "conforming" / f"{domain}.ttl", NAMES)
    return tuple(dict.fromkeys(read))


@st.composite
def _damaged(draw: st.DrawFn) -> tuple[str, list[Triple]]:
    """A sound graph of one domain with a few facts dropped, changed, copied or moved."""
    domain = draw(st.sampled_from(DOMAINS))
    facts = list(_sound(domain))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(facts) - 1))
        old, other = facts[at], draw(st.sampled_from(facts))
        value = draw(st.one_of(_LITERALS, st.just(other.object)))
        damage = draw(st.sampled_from(["drop", "change", "add", "move", "class", "date"]))
        if damage == "drop" and len(facts) > 1:
            facts.pop(at)
        elif damage == "change":
            facts[at] = Triple(old.subject, old.predicate, value)
        elif damage == "add":
            facts.append(Triple(old.subject, old.predicate, value))
        elif damage == "move":
            facts[at] = Triple(other.subject, old.predicate, old.object)
        elif damage == "class":
            name = draw(st.sampled_from(["Commune", "Intercommunalite", "Departement", "Region"]))
            facts.append(Triple(old.subject, RDF_TYPE, NamedNode(IGEO + name)))
        else:
            end = draw(st.sampled_from(["startDate", "endDate"]))
            facts.append(Triple(old.subject, NamedNode(SCHEMA + end), value))
    return domain, facts


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_damaged())
def test_engines_agree_on_damaged_graphs(damaged: tuple[str, list[Triple]]) -> None:
    """Whatever is done to a graph, both engines find the same faults in it."""
    domain, facts = damaged
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "damaged.nt"
        ntriples.write_ntriples(facts, file)
        fast, reference = _compare(file, [FOLDER / f"{domain}.ttl", FOLDER / "common.ttl"])

    assert fast == reference

"""The tiny graph of the tests is as sound as the graph we publish."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from essgraph import sources
from essgraph.config import Settings
from essgraph.shacl import engine
from essgraph.shacl.data import of_files
from essgraph.shacl.report import INFO
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import VOID, Names
from tests.conftest import TINY

NAMES = Names()


def test_tiny_graph_keeps_every_rule() -> None:
    """Beside our ontology and schemes it breaks no shape; of two founding dates it is told."""
    settings = Settings()
    background = sources.LAYERS["ontology"].statements(settings)

    with of_files([TINY], NAMES, background) as data:
        report = engine.validate(data, settings.shapes_dir, "fast", NAMES)

    told = [(r.focus_node, r.path, r.value) for r in report.results if r.severity != INFO]
    assert told == []
    assert report.conforms


def test_tiny_description_counts_right(tiny: EmbeddedStore) -> None:
    """What the graph meta says of classes and properties is so."""
    told = tiny.select(
        f"SELECT ?term ?amount {{ ?x <{VOID}class>|<{VOID}property> ?term ;"
        f" <{VOID}entities>|<{VOID}triples> ?amount }}"
    ).rows

    assert told
    for term, amount in told:
        assert isinstance(term, NamedNode)
        assert isinstance(amount, Literal)
        (counted,) = tiny.select(
            f"SELECT (COUNT(*) AS ?n) {{ {{ ?s a {term} }} UNION {{ ?s {term} ?o }} }}"
        ).rows
        assert counted == (amount,)

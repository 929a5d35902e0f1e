"""The report as Turtle, JSON and facts about itself."""

from __future__ import annotations

import pytest
from pyoxigraph import BlankNode, Dataset, Literal, NamedNode, RdfFormat, parse, serialize

from essgraph.errors import EssgraphError
from essgraph.shacl import report
from essgraph.shacl.paths import Path
from essgraph.shacl.report import INFO, VIOLATION, WARNING, Report, Result
from essgraph.vocab import SH, XSD

_COUNT = NamedNode(SH + "MinCountConstraintComponent")
_PATH = Path("^", parts=(Path(predicate=NamedNode("http://e/p")),))


def _result(severity: NamedNode = VIOLATION, node: str = "a") -> Result:
    return Result(
        focus_node=NamedNode(f"http://e/{node}"),
        path=_PATH,
        value=Literal("01", datatype=NamedNode(XSD + "integer")),
        component=_COUNT,
        severity=severity,
        source_shape=NamedNode("http://e/Shape"),
        messages={"fr": "Il manque « p ».", "en": "p is missing."},
    )


def _read_back(found: Report) -> list[Result]:
    triples = parse(found.turtle(), RdfFormat.TURTLE)
    text = serialize((quad.triple for quad in triples), format=RdfFormat.N_TRIPLES) or b""
    return report.read(text.decode())


@pytest.mark.parametrize(
    ("severities", "conforms", "strictly"),
    [
        ((), True, True),
        ((WARNING, INFO), True, False),
        ((INFO, VIOLATION), False, False),
        ((NamedNode("http://e/Deadly"),), False, False),
    ],
)
def test_only_what_is_worse_than_a_warning_blocks(
    severities: tuple[NamedNode, ...], conforms: bool, strictly: bool
) -> None:
    """Warnings and information are reported and do not block; a severity we do not know does."""
    found = report.make([_result(severity) for severity in severities], "fast", 0.0)

    assert (found.conforms, found.strictly_conforms) == (conforms, strictly)


def test_turtle_comes_back_as_the_same_results() -> None:
    """The W3C vocabulary holds every part of a result, compound paths included."""
    found = report.make([_result(), _result(WARNING, "b")], "fast", 0.1)

    assert set(_read_back(found)) == set(found.results)


def test_turtle_conforms_in_the_strict_sense() -> None:
    """sh:conforms is false as soon as there is a result, as the specification says."""
    found = report.make([_result(INFO)], "fast", 0.1)
    graph = Dataset(parse(found.turtle(), RdfFormat.TURTLE))
    said = [quad.object for quad in graph.quads_for_predicate(NamedNode(SH + "conforms"))]

    assert said == [Literal("false", datatype=NamedNode(XSD + "boolean"))]


def test_json_holds_what_a_script_needs() -> None:
    """Plain strings: no RDF syntax to parse."""
    found = report.make([_result()], "fast", 0.1)

    assert found.json(lambda iri: f"file of {iri}") == {
        "conforms": False,
        "engine": "fast",
        "duration_s": 0.1,
        "counts": {"Violation": 1, "Warning": 0, "Info": 0},
        "results": [
            {
                "focusNode": "http://e/a",
                "path": "(^<http://e/p>)",
                "value": "01",
                "severity": VIOLATION.value,
                "component": _COUNT.value,
                "shape": "http://e/Shape",
                "message": {"fr": "Il manque « p ».", "en": "p is missing."},
                "file": "file of http://e/a",
            }
        ],
    }


def test_worst_comes_first_and_nothing_is_lost() -> None:
    """Results are sorted by severity; two equal results are two (SHACL section 3.6)."""
    found = report.make([_result(INFO), _result(), _result(WARNING), _result()], "fast", 0.0)

    assert [r.severity for r in found.results] == [VIOLATION, VIOLATION, WARNING, INFO]
    assert list(found.counts.items()) == [("Violation", 2), ("Warning", 1), ("Info", 1)]


def test_message_falls_back_to_another_language() -> None:
    """A reader gets a sentence where there is any, else the component's name."""
    silent = Result(BlankNode(), None, None, _COUNT, INFO, BlankNode())

    assert _result().message("de") == "p is missing."
    assert silent.message("fr") == "MinCountConstraintComponent"


def test_report_without_its_parts_is_our_bug() -> None:
    """An engine's report that lacks a focus node is refused, not half read."""
    text = f"_:r <{SH}result> _:x .\n_:x <{SH}resultSeverity> <{SH}Info> .\n"

    with pytest.raises(EssgraphError, match="without its parts"):
        report.read(text)

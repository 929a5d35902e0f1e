"""Parts of the documentation that are written from the product itself.

`python docs/generate.py` rewrites docs/reference/{queries,ontology,shapes}.md, and the counts
in README.md from the current release. `make docs` calls it; tests/unit/test_docs.py and
tests/national/test_readme.py fail when the result is stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from essgraph import config, queries
from essgraph.errors import EssgraphError
from essgraph.queries import SavedQuery
from essgraph.releases import Releases
from essgraph.vocab import OWL, RDF_TYPE, RDFS, SH, SKOS, Names

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- counts: begin, written by `make docs` -->", "<!-- counts: end -->"
_NAMES = Names()
_MADE = (
    "<!-- Written by docs/generate.py (`make docs`); edit the source it names, not this page. -->"
)

_COUNTED = (
    ("igeo:Commune", "communes of today"),
    ("igeo:CommuneDeleguee", "communes déléguées"),
    ("igeo:CommuneAssociee", "communes associées"),
    ("igeo:ArrondissementMunicipal", "arrondissements of Paris, Lyon and Marseille"),
    ("igeo:Intercommunalite", "intermunicipalities (EPCI)"),
    ("igeo:Departement", "départements"),
    ("igeo:Region", "régions"),
    ("igeo:CollectiviteDOutreMer", "overseas collectivities"),
    ("ess:FormerTerritory", "territories that are no more, régions until 2015 for instance"),
    ("ess:Authority", "local authorities, each distinct from its territory"),
    ("ess:Clipping", "clippings of the collection"),
    ("ess:Publication", "publications"),
    ("ess:Initiative", "initiatives"),
    ("ess:Policy", "of which public policies"),
    ("ess:Person", "people"),
    ("ess:Mandate", "mandates"),
    ("ess:Figure", "figures, with unit, wording and source"),
    ("ess:Event", "events"),
    ("ess:Assertion", "assertions: one fact, its source, its kind of evidence"),
    ("skos:Concept", "concepts (instruments, sectors, roles, legal forms …)"),
)


_RULES = ("PropertyShape", "NodeShape", "SPARQLConstraint")


def counts(manifest: dict[str, Any]) -> str:
    """The README's block of counts for a release."""
    rows = [f"| **{manifest['triples']:,}** | **triples** |"]
    rows += [f"| {n:,} | triples in the graph `{name}` |" for name, n in manifest["graphs"].items()]
    rows += [f"| {manifest['classes'][name]:,} | {words} |" for name, words in _COUNTED]
    return "\n".join([BEGIN, "", "| | |", "|---:|---|", *rows, "", END])


def readme(text: str, manifest: dict[str, Any]) -> str:
    """The README with the counts of a release."""
    before, _, rest = text.partition(BEGIN)
    return before + counts(manifest) + rest.partition(END)[2]


def reference() -> dict[str, str]:
    """The generated pages of docs/reference: file name -> text."""
    return {"queries.md": _queries(), "ontology.md": _ontology(), "shapes.md": _shapes()}


def _queries() -> str:
    saved = queries.read_all(ROOT / "queries", _NAMES).values()
    lines = [
        "# Saved queries",
        "",
        _MADE,
        "",
        "Each is a file `queries/NAME.rq` that runs unchanged in any SPARQL editor, a page "
        "`/queries/NAME`, and a command `essgraph query NAME --param PARAMETER=VALUE`. "
        "A parameter that is not given keeps its example. An entity is written as the end of its "
        "page's address (`commune/05065`), as its whole IRI, or, on the page, as a code or a name. "
        "One that needs an optional layer has no "
        "answer without it: [build the national graph](../how-to/build-the-national-graph.md). "
        "How to write one: [write a query](../how-to/write-a-query.md).",
        "",
        "| theme | query | answers | needs |",
        "|---|---|---|---|",
        *(
            _row(theme, f"[{query.name}](#{query.name})", query.titles["en"], _layers(query))
            for theme in queries.THEMES
            for query in saved
            if query.theme == theme
        ),
    ]
    for query in saved:
        lines += ["", f"## {query.name}", "", f"**{query.titles['en']}** · {query.titles['fr']}"]
        if "en" in query.descriptions:
            lines += ["", query.descriptions["en"]]
        if query.layers:
            lines += ["", f"Needs the layer {_layers(query)}."]
        if query.params:
            lines += ["", "| parameter | meaning | example |", "|---|---|---|"]
            lines += [
                f"| `{p.name}` | {p.texts['en']} | `{_short(p.example)}` |" for p in query.params
            ]
        answer = ", ".join(f"`{name}`" for name in query.columns) or f"a graph ({query.form})"
        lines += ["", f"Columns: {answer}." if query.columns else f"Answers {answer}."]
        if query.expect is not None:
            lines += ["", f"With its examples: {query.expect} rows, checked at each build."]
    return "\n".join(lines) + "\n"


def _layers(query: SavedQuery) -> str:
    return ", ".join(f"`{layer}`" for layer in query.layers)


def _short(term: object) -> str:
    if isinstance(term, NamedNode):
        return term.value.removeprefix(_NAMES.base).removeprefix("id/")
    return term.value if isinstance(term, Literal) else str(term)


class _Graph:
    """RDF files, asked for one value at a time."""

    def __init__(self, *files: Path) -> None:
        self._store = Store()
        for file in files:
            self._store.load(path=file, format=RdfFormat.TURTLE)

    def subjects(self, *classes: str) -> list[NamedNode]:
        """The named nodes of some classes, in alphabetical order."""
        found = {
            quad.subject
            for name in classes
            for quad in self._store.quads_for_pattern(None, RDF_TYPE, NamedNode(name))
            if isinstance(quad.subject, NamedNode)
        }
        return sorted(found, key=lambda node: node.value)

    def objects(self, subject: Any, predicate: str) -> list[Any]:
        """The objects of a subject, in alphabetical order."""
        quads = self._store.quads_for_pattern(subject, NamedNode(predicate), None)
        return sorted((quad.object for quad in quads), key=str)

    def text(self, subject: Any, predicate: str, lang: str = "en") -> str:
        """The literal of a subject in a language; "" if there is none."""
        found = (x for x in self.objects(subject, predicate) if isinstance(x, Literal))
        return next((x.value for x in found if x.language == lang), "")

    def terms(self, subject: Any, predicate: str) -> str:
        """The IRIs of a subject's predicate, compact."""
        found = (x for x in self.objects(subject, predicate) if isinstance(x, NamedNode))
        return ", ".join(f"`{_NAMES.compact(x.value)}`" for x in found)


def _ontology() -> str:
    ontology = ROOT / "ontology"
    graph = _Graph(ontology / "ess.ttl")
    classes = graph.subjects(OWL + "Class")
    properties = graph.subjects(OWL + "ObjectProperty", OWL + "DatatypeProperty")
    lines = [
        "# Ontology",
        "",
        _MADE,
        "",
        f"`{_NAMES.ontology}` (prefix `ess:`), file `ontology/ess.ttl`: {len(classes)} classes and "
        f"{len(properties)} properties, each with a label and a definition in French and English. "
        "Labels that we give to the terms of other vocabularies are in `ontology/external.ttl`. "
        "How they work together: [data model](data-model.md).",
        "",
        "## Classes",
        "",
        "| class | label | definition | subclass of |",
        "|---|---|---|---|",
        *_term_rows(graph, classes, (RDFS + "subClassOf",)),
        "",
        "## Properties",
        "",
        "| property | label | definition | domain | range | subproperty of |",
        "|---|---|---|---|---|---|",
        *_term_rows(graph, properties, (RDFS + "domain", RDFS + "range", RDFS + "subPropertyOf")),
        "",
        "## Concept schemes",
        "",
        "SKOS, in `ontology/schemes/`, one file a scheme; concepts are "
        f"`{_NAMES.base}scheme/SCHEME/NOTATION`.",
        "",
        "| scheme | label | what it sorts | concepts |",
        "|---|---|---|---:|",
    ]
    for file in sorted((ontology / "schemes").glob("*.ttl")):
        scheme = _Graph(file)
        (node,) = scheme.subjects(SKOS + "ConceptScheme")
        amount = len(scheme.subjects(SKOS + "Concept"))
        label, meaning = scheme.text(node, RDFS + "label"), scheme.text(node, SKOS + "definition")
        lines.append(f"| `{file.stem}` | {label} | {meaning} | {amount} |")
    return "\n".join(lines) + "\n"


def _term_rows(
    graph: _Graph, terms: Iterable[NamedNode], structure: Sequence[str]
) -> Iterator[str]:
    for term in terms:
        label = f"{graph.text(term, RDFS + 'label')} · {graph.text(term, RDFS + 'label', 'fr')}"
        meaning = graph.text(term, SKOS + "definition")
        cells = [f"`{_NAMES.compact(term.value)}`", label, meaning]
        yield _row(*cells, *(graph.terms(term, predicate) for predicate in structure))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _shapes() -> str:
    lines = [
        "# Shapes",
        "",
        _MADE,
        "",
        "SHACL rules, in `shapes/`, one file a domain class. A violation (`sh:Violation`) stops a "
        "build and makes `essgraph validate` exit with 1; warnings and notes are reported and stop "
        "nothing. Messages are in French and English; here they are in English. A rule is named "
        "`shape:NAME`, with `shape:` = "
        f"`{_NAMES.base}shape/`. Each has a failing example in `tests/fixtures/shapes/failing/`.",
    ]
    for file in sorted((ROOT / "shapes").glob("*.ttl")):
        graph = _Graph(file)
        (head,) = graph.subjects(OWL + "Ontology")
        lines += ["", f"## {file.name}", "", f"{graph.text(head, RDFS + 'label')}.", ""]
        lines += ["| rule | what it says when broken | severity |", "|---|---|---|"]
        for shape in graph.subjects(
            SH + "PropertyShape", SH + "NodeShape", SH + "SPARQLConstraint"
        ):
            said = _messages(graph, shape)
            if said:
                severity = graph.terms(shape, SH + "severity").replace("`", "").removeprefix("sh:")
                name = shape.value.rpartition("/")[2]
                lines.append(_row(f"`{name}`", " ".join(said), severity or "Violation"))
    return "\n".join(lines) + "\n"


def _messages(graph: _Graph, shape: NamedNode) -> list[str]:
    bearers = [shape, *graph.objects(shape, SH + "sparql")]
    said = (graph.text(bearer, SH + "message") for bearer in bearers)
    return [text for text in said if text]


def main() -> None:
    """Write the pages, and the README's counts from the current release."""
    for name, text in reference().items():
        (ROOT / "docs" / "reference" / name).write_text(text, "utf-8")
    page = ROOT / "README.md"
    try:
        manifest = Releases(config.load().home).require_current().manifest
    except EssgraphError as error:
        raise SystemExit(f"README.md is as it was: {error}") from error
    page.write_text(readme(page.read_text("utf-8"), manifest), "utf-8")


if __name__ == "__main__":
    main()

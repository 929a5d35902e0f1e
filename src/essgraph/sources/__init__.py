"""The registry: each layer of the graph, the files it is made of, and its facts.

`meta` is not here: it describes the release, and the build writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from pyoxigraph import NamedNode, Triple

from essgraph.config import Settings
from essgraph.sources import edition, evidence, location, ntriples, skolem, turtle
from essgraph.sources.ntriples import Statement, Terms, write_ntriples, write_parts
from essgraph.sources.tabular import Source
from essgraph.sources.territories import SOURCES
from essgraph.vocab import Names

__all__ = [
    "LAYERS",
    "Dataset",
    "Layer",
    "Locator",
    "datasets",
    "derived",
    "locate",
    "write_ntriples",
    "write_parts",
]


@dataclass(frozen=True)
class Layer:
    """One named graph's worth of facts.

    `inputs` are the files it is made of, sorted; `statements` its facts as N-Triples lines,
    in an order that is the same for the same inputs. A `curated` layer may be written: its
    facts are those of its files after the writes of the journal.
    """

    inputs: Callable[[Settings], list[Path]]
    statements: Callable[[Settings], Iterator[Statement]]
    curated: bool = False


@dataclass(frozen=True)
class Dataset:
    """A publisher's dataset that a layer was made from; `read_on` is an ISO 8601 day."""

    slug: str
    layer: str
    title_fr: str
    title_en: str
    publisher: str
    licence: str
    url: str
    version: str
    read_on: str


def datasets(settings: Settings) -> list[Dataset]:
    """The publishers' datasets that the national layers were made from.

    Raises: SourceError when `data/territories/SOURCE.toml` is missing or malformed.
    """
    extract = edition.read(settings.data_dir / "territories")
    return [
        Dataset(
            slug=publisher.slug,
            layer="territories",
            title_fr=publisher.title_fr,
            title_en=publisher.title_en,
            publisher=publisher.publisher,
            licence=publisher.licence_url,
            url=publisher.url,
            version=publisher.version,
            read_on=extract.day.isoformat(),
        )
        for publisher in extract.publishers
    ]


class Locator:
    """Tells which file and line an entity's IRI comes from, for reports.

    Reads the files once, at the first question.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, iri: str) -> str | None:
        """`file:line` from the folder that holds `data/`; None for what none describes.

        The place that defines the entity comes before one that adds facts to it; a default
        assertion comes from where its subject does.
        Raises: SourceError when a source cannot be read.
        """
        return self._index.find(iri) or self._index.find(self._asserted.get(iri, ""))

    @cached_property
    def _index(self) -> location.Index:
        settings = self._settings
        curated = _collection_files(settings) + _ontology_files(settings)
        roots = (settings.data_dir.parent, settings.ontology_dir.parent)
        return location.Index(settings.names, curated, _tables(settings), roots)

    @cached_property
    def _asserted(self) -> dict[str, str]:
        """Default assertion -> the subject of its fact."""
        names = self._settings.names
        return {
            evidence.assertion_iri(fact, names).value: fact.subject.value
            for fact in _collection(self._settings)
            if isinstance(fact.subject, NamedNode)
        }


def _ontology_files(settings: Settings) -> list[Path]:
    return turtle.files(settings.ontology_dir)


def _collection_files(settings: Settings) -> list[Path]:
    return turtle.files(settings.data_dir / "collection", settings.data_dir / "foreign")


def _evidence_files(settings: Settings) -> list[Path]:
    return sorted(_collection_files(settings) + _ontology_files(settings))


def _territory_files(settings: Settings) -> list[Path]:
    folder = settings.data_dir / "territories"
    return sorted([folder / edition.FILE, *(folder / source.file for source in SOURCES)])


def _tables(settings: Settings) -> list[tuple[Source, Path]]:
    """The national sources with their files, and the number of rows their edition has."""
    folder = settings.data_dir / "territories"
    rows = edition.read(folder).rows
    return [
        (replace(source, rows=(rows[source.file], rows[source.file])), folder / source.file)
        for source in SOURCES
    ]


def _collection(settings: Settings) -> Iterator[Triple]:
    for path in _collection_files(settings):
        for triple in turtle.read(path, settings.names):
            # A write could not name a blank node: in a curated layer there is none.
            yield skolem.named(triple, settings.names)


def _ontology(settings: Settings) -> Iterator[Triple]:
    for path in _ontology_files(settings):
        yield from turtle.read(path, settings.names)


def _ontology_statements(settings: Settings) -> Iterator[Statement]:
    return map(ntriples.statement, _ontology(settings))


def _collection_statements(settings: Settings) -> Iterator[Statement]:
    return map(ntriples.statement, _collection(settings))


def _territory_statements(settings: Settings) -> Iterator[Statement]:
    terms = Terms(settings.names)
    for source, path in _tables(settings):
        yield from source.statements(path, terms)


def _evidence_statements(settings: Settings) -> Iterator[Statement]:
    return derived(_collection(settings), _ontology(settings), settings.names)


def derived(
    collection: Iterable[Triple], ontology: Iterable[Triple], names: Names
) -> Iterator[Statement]:
    """The layer `evidence` of a collection that may have been written to."""
    return map(ntriples.statement, evidence.assertions(collection, ontology, names))


LAYERS: Mapping[str, Layer] = MappingProxyType(
    {
        "ontology": Layer(_ontology_files, _ontology_statements),
        "collection": Layer(_collection_files, _collection_statements, curated=True),
        "territories": Layer(_territory_files, _territory_statements),
        "evidence": Layer(_evidence_files, _evidence_statements),
    }
)
"""Layer name -> layer, in the order they are built."""

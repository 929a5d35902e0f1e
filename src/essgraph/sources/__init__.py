"""The registry: each layer of the graph, the files it is made of, and its facts.

`meta` is not here: it describes the release, and the build writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from pyoxigraph import NamedNode, Triple

from essgraph.config import Settings
from essgraph.errors import ConfigError, SourceError
from essgraph.sources import (
    boundaries,
    edition,
    evidence,
    location,
    ntriples,
    officials,
    reserved,
    skolem,
    turtle,
)
from essgraph.sources.ntriples import (
    Statement,
    Terms,
    amount,
    read_chunks,
    write_chunks,
    write_ntriples,
)
from essgraph.sources.tabular import Source
from essgraph.sources.territories import SOURCES
from essgraph.vocab import Names

__all__ = [
    "LAYERS",
    "Dataset",
    "Layer",
    "Locator",
    "amount",
    "chosen",
    "compared",
    "concluded",
    "datasets",
    "derived",
    "locate",
    "read_chunks",
    "write_chunks",
    "write_ntriples",
]


@dataclass(frozen=True)
class Layer:
    """One named graph's worth of facts.

    `inputs` are the files it is made of, sorted; `statements` its facts as N-Triples lines,
    in an order that is the same for the same inputs. A `curated` layer may be written: its
    facts are those of its files after the writes of the journal. An `optional` one is built
    only where the settings ask for it (`with_layers`). The statements of a `distinct` one
    come once each, so that a build need not remember millions of them to be sure.
    """

    inputs: Callable[[Settings], list[Path]]
    statements: Callable[[Settings], Iterator[Statement]]
    curated: bool = False
    optional: bool = False
    distinct: bool = False


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
    """The publishers' datasets that the national layers to build were made from.

    Raises: SourceError when an extract's `SOURCE.toml` is missing or malformed.
    """
    extracts = {"territories": edition.read(settings.data_dir / "territories")}
    for name, layer in chosen(settings).items():
        if layer.optional:
            extracts[name] = edition.read(settings.fetched_dir / name, ())
    return [
        Dataset(
            slug=publisher.slug,
            layer=layer,
            title_fr=publisher.title_fr,
            title_en=publisher.title_en,
            publisher=publisher.publisher,
            licence=publisher.licence_url,
            url=publisher.url,
            version=publisher.version,
            read_on=extract.day.isoformat(),
        )
        for layer, extract in extracts.items()
        for publisher in extract.publishers
    ]


def register_year(datasets: Iterable[Dataset]) -> int:
    """The year that the register of officials was read in; 0 without it."""
    days = (dataset.read_on for dataset in datasets if dataset.layer == "officials")
    return int(max(days, default="0").partition("-")[0])


class Locator:
    """Tells which file and line an entity's IRI comes from, for reports.

    Reads the files once, at the first question.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, iri: str) -> str | None:
        """`file:line` from the folder that holds `data/`; None for what none describes.

        The place that defines the entity comes before one that adds facts to it; a default
        assertion comes from where its subject does, and candidates for being one person whose
        comparison no file holds come from where the first is, who is of the collection.
        Raises: SourceError when a source cannot be read.
        """
        found = self._index.find(iri) or self._extracts.find(iri)
        if found:
            return found
        if iri.startswith(f"{self._settings.names.base}id/identity/"):
            person = iri.replace("id/identity/", "id/person/", 1).partition("--")[0]
            return self._index.find(person)
        return self._index.find(self._asserted.get(iri, ""))

    @cached_property
    def _extracts(self) -> location.Extracts:
        settings = self._settings
        files = {
            kind: settings.fetched_dir / extract.layer / file
            for extract in (officials.EXTRACT, boundaries.EXTRACT)
            for kind, file in extract.kinds.items()
        }
        return location.Extracts(settings.names, files, settings.fetched_dir.parent)

    @cached_property
    def _index(self) -> location.Index:
        settings = self._settings
        curated = _collection_files(settings) + _ontology_files(settings)
        return location.Index(settings.names, curated, _tables(settings), _roots(settings))

    @cached_property
    def _asserted(self) -> dict[str, str]:
        """Default assertion -> the subject of its fact."""
        names = self._settings.names
        return {
            evidence.assertion_iri(fact, names).value: fact.subject.value
            for fact in _collection(self._settings)
            if isinstance(fact.subject, NamedNode)
        }


def _roots(settings: Settings) -> tuple[Path, Path]:
    return settings.data_dir.parent, settings.ontology_dir.parent


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
            if found := reserved.taken([triple]):
                place = location.Index(settings.names, [path], [], _roots(settings))
                raise SourceError(f"{place.find(found.value) or path}: {found}: {reserved.REASON}")
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
    return concluded(settings, list(_collection(settings)))


def concluded(settings: Settings, collection: Sequence[Triple]) -> Iterator[Statement]:
    """The layer `evidence` of a collection that may have been written to.

    Raises: SourceError.
    """
    yield from derived(collection, _ontology(settings), settings.names)
    if officials.LAYER in settings.with_layers:
        yield from officials.candidates(settings, collection)


def derived(
    collection: Iterable[Triple], ontology: Iterable[Triple], names: Names
) -> Iterator[Statement]:
    """Of the layer `evidence`, what a write makes again: the assertions."""
    return map(ntriples.statement, evidence.assertions(collection, ontology, names))


def compared(layer: Iterable[str], names: Names) -> Iterator[str]:
    """Of the lines of the layer `evidence`, those that a write leaves as they are.

    Whom the register holds is looked up by a build only: it takes seconds.
    """
    head = str(names.entity("identity", ""))[:-1]
    return (line for line in layer if line.startswith(head))


LAYERS: Mapping[str, Layer] = MappingProxyType(
    {
        "ontology": Layer(_ontology_files, _ontology_statements),
        "collection": Layer(_collection_files, _collection_statements, curated=True),
        "territories": Layer(_territory_files, _territory_statements),
        "officials": Layer(officials.files, officials.statements, optional=True, distinct=True),
        "boundaries": Layer(boundaries.files, boundaries.statements, optional=True, distinct=True),
        "evidence": Layer(_evidence_files, _evidence_statements),
    }
)
"""Layer name -> layer, in the order they are built."""


def chosen(settings: Settings) -> dict[str, Layer]:
    """The layers to build, by name. Raises: ConfigError for one that is not there."""
    optional = [name for name, layer in LAYERS.items() if layer.optional]
    for name in settings.with_layers:
        if name not in optional:
            raise ConfigError(f"with_layers: {name!r} is none of {', '.join(optional)}")
    return {
        name: layer
        for name, layer in LAYERS.items()
        if not layer.optional or name in settings.with_layers
    }

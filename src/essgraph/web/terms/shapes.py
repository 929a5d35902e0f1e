"""The shapes by their IRIs: what each says, of what, and its RDF.

Shapes are files beside the code, not triples of a release; they are read once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from essgraph import vocab
from essgraph.errors import NotFound
from essgraph.sources import turtle
from essgraph.vocab import Names
from essgraph.web import text
from essgraph.web.context import names, settings

_LABELS = (vocab.RDFS + "label", vocab.SH + "name")
_MESSAGE = vocab.SH + "message"
_PATH = vocab.SH + "path"
_TARGET = vocab.SH + "targetClass"
_PROPERTY = vocab.SH + "property"
_SEVERITY = vocab.SH + "severity"
_KINDS = ("NodeShape", "PropertyShape")


@dataclass(frozen=True)
class Shape:
    """One shape, or another thing that the shape files name: a file, a group, an annotation.

    Shape: `targets`, `path` and `parts` are IRIs; `used_by` those of the shapes it is a part of.
    """

    iri: str
    label: text.Cell
    sentence: text.Cell
    is_shape: bool
    targets: tuple[str, ...]
    path: str
    severity: str
    parts: tuple[str, ...]
    used_by: tuple[str, ...]
    turtle: str

    @property
    def name(self) -> str:
        """Its IRI without what all of them begin with."""
        return self.iri.rpartition("/")[2]


@dataclass(frozen=True)
class Files:
    """The triples of all shape files, by subject."""

    of: Mapping[object, Sequence[Triple]]
    pointing: Mapping[object, Sequence[Triple]]

    def described(self, iri: NamedNode) -> list[Triple]:
        """What the files say of an IRI, with the blank nodes below it, whole."""
        found: list[Triple] = []
        waiting: list[object] = [iri]
        seen: set[object] = set()
        while waiting:
            node = waiting.pop()
            if node in seen:
                continue
            seen.add(node)
            found += self.of.get(node, ())
            waiting += [t.object for t in self.of.get(node, ()) if isinstance(t.object, BlankNode)]
        return found


def names_of_all() -> list[NamedNode]:
    """Every IRI under our base that the shape files describe, in order."""
    head = names().base + "shape/"
    found = {node for node in _files().of if isinstance(node, NamedNode)}
    return sorted((node for node in found if node.value.startswith(head)), key=lambda n: n.value)


def data(iri: NamedNode) -> list[Triple]:
    """What the shape files say of an IRI. Raises: NotFound if it is nothing."""
    found = _files().described(iri)
    if not found:
        raise NotFound(f"{iri.value} is not in the graph")
    return found


def every() -> list[Triple]:
    """All that the shape files say."""
    return [triple for triples in _files().of.values() for triple in triples]


def shape(iri: NamedNode) -> Shape:
    """A shape, in the language of the request. Raises: NotFound."""
    return _shape(iri, text.lang(), settings().shapes_dir, names())


@lru_cache(maxsize=1024)
def _shape(iri: NamedNode, lang: str, folder: Path, known: Names) -> Shape:
    """The shape that this request asks for: of the last few hundred each is read once."""
    triples = data(iri)
    own = _files().of[iri]

    def iris(prop: str) -> tuple[str, ...]:
        return tuple(
            t.object.value
            for t in own
            if t.predicate.value == prop and isinstance(t.object, NamedNode)
        )

    pointing = _files().pointing.get(iri, ())
    users = {t.subject.value for t in pointing if isinstance(t.subject, NamedNode)}
    types = iris(vocab.RDF + "type")
    body = serialize(triples, format=RdfFormat.TURTLE, prefixes=_prefixes())
    return Shape(
        iri=iri.value,
        label=_text(own, _LABELS) or text.Cell(iri.value.rpartition("/")[2]),
        sentence=_text(own, (_MESSAGE, vocab.SKOS + "definition")) or text.Cell(""),
        is_shape=any(vocab.SH + kind in types for kind in _KINDS),
        targets=iris(_TARGET),
        path=next(iter(iris(_PATH)), ""),
        severity=next(iter(iris(_SEVERITY)), ""),
        parts=tuple(sorted(iris(_PROPERTY))),
        used_by=tuple(sorted(users)),
        turtle=_without_prefixes((body or b"").decode()),
    )


def classes(found: Shape) -> list[str]:
    """The classes that a shape is about: those it targets, or those whose shapes it is part of."""
    if found.targets or not found.used_by:
        return list(found.targets)
    return [iri for user in found.used_by for iri in shape(NamedNode(user)).targets]


def _prefixes() -> dict[str, str]:
    return {**names().prefixes, "shape": names().base + "shape/"}


def _without_prefixes(body: str) -> str:
    return "\n".join(line for line in body.splitlines() if not line.startswith("@prefix")).strip()


def _text(own: Sequence[Triple], properties: Sequence[str]) -> text.Cell | None:
    for prop in properties:
        texts = {
            t.object.language or "": t.object.value
            for t in own
            if t.predicate.value == prop and isinstance(t.object, Literal)
        }
        told = text.translated(texts) or next(iter(texts.values()), "")
        if told:
            spoken = next(language for language, value in texts.items() if value == told)
            same = texts.get(text.lang()) == told
            return text.Cell(told, lang=None if same else text.foreign(spoken))
    return None


def _files() -> Files:
    return _read(settings().shapes_dir, names())


@lru_cache(maxsize=4)
def _read(folder: Path, known: Names) -> Files:
    of: dict[object, list[Triple]] = defaultdict(list)
    pointing: dict[object, list[Triple]] = defaultdict(list)
    for file in sorted(folder.glob("*.ttl")):
        for triple in turtle.read(file, known):
            of[triple.subject].append(triple)
            if triple.predicate.value == _PROPERTY:
                pointing[triple.object].append(triple)
    return Files(dict(of), dict(pointing))

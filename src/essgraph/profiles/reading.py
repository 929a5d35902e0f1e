"""The profiles of the classes, read from the files of shapes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pyoxigraph import BlankNode, Dataset, Literal, NamedNode, Quad

from essgraph import vocab
from essgraph.profiles.model import LAST, Field, Group, Profile, Profiles, merged
from essgraph.sources import turtle
from essgraph.vocab import Names


def read(shapes: Path, ontology: Path, names: Names) -> Profiles:
    """The profiles that a folder of shapes gives to the classes of an ontology.

    Raises: SourceError, with file, line and column, for a file that cannot be read.
    """
    graph = Dataset(
        Quad(triple.subject, triple.predicate, triple.object)
        for folder in (shapes, ontology)
        for file in sorted(folder.glob("*.ttl"))
        for triple in turtle.read(file, names)
    )
    reading = _Reading(graph, names)
    own = {iri: reading.profile(iri, nodes) for iri, nodes in reading.targets().items()}
    return Profiles(own, reading.supers())


class _Reading:
    """The graph of the shapes, asked node by node."""

    def __init__(self, graph: Dataset, names: Names) -> None:
        self._graph = graph
        self._names = names
        self._shape = names.base + "shape/"

    def targets(self) -> dict[str, list[object]]:
        """Class -> the node shapes that target it."""
        found: dict[str, list[object]] = defaultdict(list)
        for quad in self._graph.quads_for_predicate(NamedNode(vocab.SH + "targetClass")):
            if isinstance(quad.object, NamedNode):
                found[quad.object.value].append(quad.subject)
        return {iri: sorted(found[iri], key=str) for iri in sorted(found)}

    def supers(self) -> dict[str, tuple[str, ...]]:
        """Class -> itself and the classes above it, nearest first."""
        above: dict[str, list[str]] = defaultdict(list)
        for quad in self._graph.quads_for_predicate(NamedNode(vocab.RDFS + "subClassOf")):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
                above[quad.subject.value].append(quad.object.value)
        return {iri: tuple(_upwards(iri, above)) for iri in above}

    def profile(self, class_iri: str, nodes: Iterable[object]) -> Profile:
        """What these node shapes say of the class."""
        shapes = [shape for node in nodes for shape in self._values(node, vocab.SH + "property")]
        fields = (field for shape in shapes if (field := self._field(shape)) is not None)
        return Profile((class_iri,), self._texts(NamedNode(class_iri), "label"), merged(fields))

    def _field(self, shape: object) -> Field | None:
        """The field of a property shape; None for one of a longer path, or without a name."""
        path, inverse, then = self._path(shape)
        names = self._texts(shape, "name", vocab.SH)
        if not path or not names:
            return None
        scheme = self._one(shape, self._shape + "scheme")
        return Field(
            path=path,
            inverse=inverse,
            names=names,
            group=self._group(shape),
            order=self._number(shape, "order", LAST),
            least=int(self._number(shape, "minCount", 0)),
            most=int(most) if (most := self._number(shape, "maxCount", -1)) >= 0 else None,
            datatypes=tuple(self._alternatives(shape, "datatype")),
            classes=tuple(self._classes(shape)),
            choices=tuple(self._choices(shape)),
            scheme=scheme.value if isinstance(scheme, NamedNode) else "",
            pattern=self._text(shape, "pattern"),
            shapes=(shape.value,) if isinstance(shape, NamedNode) else (),
            facet=self._said(shape, "facet"),
            form=self._said(shape, "form"),
            then=then,
        )

    def _path(self, shape: object) -> tuple[str, bool, str]:
        path = self._one(shape, vocab.SH + "path")
        steps = list(self._items(path)) or [path]
        first, then = steps[0], steps[1] if len(steps) == 2 else None
        if len(steps) > 2 or (len(steps) == 2 and not isinstance(then, NamedNode)):
            return "", False, ""
        inverse = not isinstance(first, NamedNode)
        step = self._one(first, vocab.SH + "inversePath") if inverse else first
        told = then.value if isinstance(then, NamedNode) else ""
        return (step.value, inverse, told) if isinstance(step, NamedNode) else ("", False, "")

    def _group(self, shape: object) -> Group | None:
        group = self._one(shape, vocab.SH + "group")
        if not isinstance(group, NamedNode):
            return None
        return Group(group.value, self._texts(group, "label"), self._number(group, "order", LAST))

    def _alternatives(self, shape: object, name: str) -> Iterator[str]:
        """What the shape says itself by a term of SHACL, or by the alternatives of its sh:or."""
        for node in (shape, *self._ors(shape)):
            for value in self._values(node, vocab.SH + name):
                if isinstance(value, NamedNode):
                    yield value.value

    def _classes(self, shape: object) -> Iterator[str]:
        """`sh:class`, or the type that a value has where it is described in the graph at all."""
        yield from self._alternatives(shape, "class")
        for node in self._ors(shape):
            for inner in self._values(node, vocab.SH + "property"):
                wanted = self._one(inner, vocab.SH + "hasValue")
                path = self._one(inner, vocab.SH + "path")
                steps = list(self._items(path)) if isinstance(path, BlankNode) else [path]
                if isinstance(wanted, NamedNode) and steps[:1] == [vocab.RDF_TYPE]:
                    yield wanted.value

    def _choices(self, shape: object) -> Iterator[str]:
        for head in self._values(shape, vocab.SH + "in"):
            for item in self._items(head):
                if isinstance(item, NamedNode | Literal):
                    yield item.value

    def _ors(self, shape: object) -> list[object]:
        return [item for head in self._values(shape, vocab.SH + "or") for item in self._items(head)]

    def _items(self, head: object) -> Iterator[object]:
        """The members of an RDF collection."""
        while isinstance(head, BlankNode):
            first = self._one(head, vocab.RDF + "first")
            if first is None:
                return
            yield first
            head = self._one(head, vocab.RDF + "rest")

    def _said(self, shape: object, name: str) -> bool:
        value = self._one(shape, self._shape + name)
        return isinstance(value, Literal) and value.value in ("true", "1")

    def _number(self, node: object, name: str, default: float) -> float:
        value = self._one(node, vocab.SH + name)
        return float(value.value) if isinstance(value, Literal) else default

    def _text(self, node: object, name: str) -> str:
        value = self._one(node, vocab.SH + name)
        return value.value if isinstance(value, Literal) else ""

    def _texts(self, node: object, name: str, namespace: str = vocab.RDFS) -> dict[str, str]:
        values = self._values(node, namespace + name)
        return {v.language or "": v.value for v in values if isinstance(v, Literal)}

    def _one(self, node: object, predicate: str) -> object | None:
        return next(iter(self._values(node, predicate)), None)

    def _values(self, node: object, predicate: str) -> list[object]:
        if not isinstance(node, NamedNode | BlankNode):
            return []
        wanted = NamedNode(predicate)
        found = (q.object for q in self._graph.quads_for_subject(node) if q.predicate == wanted)
        return sorted(found, key=str)


def _upwards(iri: str, above: Mapping[str, list[str]]) -> Iterator[str]:
    """A class, then those above it, breadth first."""
    seen = [iri]
    for found in seen:
        seen += [up for up in sorted(above.get(found, ())) if up not in seen]
    return iter(seen)

"""Shape files read into one shapes graph, and refused where they are not well formed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import shacl
from pyoxigraph import (
    BlankNode,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    serialize,
)

from essgraph.errors import NotFound, SourceError
from essgraph.shacl import paths
from essgraph.sources import turtle
from essgraph.vocab import RDF_TYPE, RDFS, SH, Names

Node = NamedNode | BlankNode

_NODE_SHAPE = NamedNode(SH + "NodeShape")
_PROPERTY_SHAPE = NamedNode(SH + "PropertyShape")
_RDFS_CLASS = NamedNode(RDFS + "Class")
_BLANK = "urn:essgraph:blank:"
_DEACTIVATED = NamedNode(SH + "deactivated")
_TARGETS = tuple(
    NamedNode(SH + name)
    for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
)


@dataclass(frozen=True)
class Targets:
    """What a shape says it is about (SHACL section 2.1.3)."""

    nodes: tuple[NamedNode | Literal, ...]
    classes: tuple[NamedNode, ...]
    subjects_of: tuple[NamedNode, ...]
    objects_of: tuple[NamedNode, ...]

    def __bool__(self) -> bool:
        """There is one at least."""
        return bool(self.nodes or self.classes or self.subjects_of or self.objects_of)


class Shapes:
    """A shapes graph, read only."""

    def __init__(self, triples: Sequence[Triple]) -> None:
        self.triples = tuple(triples)
        self.graph = Dataset(Quad(t.subject, t.predicate, t.object) for t in triples)

    def ntriples(self) -> str:
        """The graph as N-Triples."""
        return (serialize(self.triples, format=RdfFormat.N_TRIPLES) or b"").decode()

    def value(self, subject: object, name: str) -> object | None:
        """One object of (subject, sh:name), or None."""
        return paths.value(self.graph, subject, NamedNode(SH + name))

    def values(self, subject: object, name: str) -> list[object]:
        """The objects of (subject, sh:name), in a stable order."""
        return sorted(paths.values(self.graph, subject, NamedNode(SH + name)), key=str)

    def about(self, name: str) -> list[tuple[Node, object]]:
        """(subject, object) of every sh:name triple, in a stable order."""
        found = self.graph.quads_for_predicate(NamedNode(SH + name))
        pairs = ((q.subject, q.object) for q in found)
        return sorted(((s, o) for s, o in pairs if isinstance(s, NamedNode | BlankNode)), key=str)

    def referrers(self, node: Node) -> Iterator[tuple[Node, NamedNode]]:
        """(subject, predicate) of every triple that points at the node."""
        for quad in self.graph.quads_for_object(node):
            if isinstance(quad.subject, NamedNode | BlankNode):
                yield quad.subject, quad.predicate

    def deactivated(self, node: Node) -> bool:
        """The shape or constraint is switched off."""
        flag = paths.value(self.graph, node, _DEACTIVATED)
        return isinstance(flag, Literal) and flag.value in ("true", "1")

    def targets(self, shape: Node) -> Targets:
        """The targets the shape declares; a shape that is a class targets its instances."""
        nodes, classes, subjects_of, objects_of = (
            tuple(sorted(paths.values(self.graph, shape, predicate), key=str))
            for predicate in _TARGETS
        )
        kinds = set(paths.values(self.graph, shape, RDF_TYPE))
        if _RDFS_CLASS in kinds and kinds & {_NODE_SHAPE, _PROPERTY_SHAPE}:
            classes = (*classes, shape)
        return Targets(nodes, classes, subjects_of, objects_of)  # type: ignore[arg-type]  # the meta-shapes hold the kinds of node

    def name(self, node: object) -> str:
        """The IRI of a shape or constraint; for a blank node, of the nearest thing above it."""
        seen: set[object] = set()
        while isinstance(node, BlankNode) and node not in seen:
            seen.add(node)
            node = next((subject for subject, _ in self.referrers(node)), node)
        return node.value if isinstance(node, NamedNode) else "an unnamed shape"


def read_shapes(where: Path | Sequence[Path], names: Names) -> Shapes:
    """The shapes of these files; a folder stands for all `*.ttl` inside it.

    Raises: NotFound for what does not exist or holds no shape file; SourceError with
    file:line:column for bad syntax, with the shape's name for a malformed shape.
    """
    given = [where] if isinstance(where, Path) else list(where)
    files = [file for path in given for file in _files(path)]
    triples = [triple for file in files for triple in turtle.read(file, names)]
    shapes = Shapes(list(dict.fromkeys(triples)))
    _refuse_malformed(shapes)
    return shapes


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(path.glob("*.ttl"))
        if not found:
            raise NotFound(f"{path}: no *.ttl file in this folder")
        return found
    if not path.is_file():
        raise NotFound(f"{path}: no such file")
    return [path]


@cache
def _meta_shapes() -> shacl.Shapes:
    """The W3C's shapes for shapes (SHACL appendix C), as pySHACL ships them."""
    asset = resources.files("pyshacl") / "assets" / "shacl-shacl.ttl"
    return shacl.Shapes.from_text(asset.read_text("utf-8"))


def _refuse_malformed(shapes: Shapes) -> None:
    """The fast engine passes over a property shape without a path in silence; this does not."""
    text = serialize(blank_shapes_named(shapes.triples), format=RdfFormat.N_TRIPLES) or b""
    found = _meta_shapes().validate_text(text.decode(), format="ntriples")
    for result in found.results:
        said = result.value or result.path or ""
        place = shapes.name(_shape(result.focus_node))
        raise SourceError(f"malformed shape {place}: {result.component} {said}".rstrip())


def _shape(focus: str) -> Node | None:
    """The node that the meta-report calls `focus`, in N-Triples syntax."""
    return shape_called(NamedNode(focus.strip("<>"))) if focus.startswith("<") else None


def blank_shapes_named(triples: Iterable[Triple]) -> Iterator[Triple]:
    """The triples of shapes, with IRIs for blank shapes: an engine renames blank nodes.

    Paths and lists stay blank, as the shapes for shapes want them.
    """
    kept = list(triples)
    described = {t.subject for t in kept if t.predicate.value.startswith(SH)}
    described -= {t.subject for t in kept if t.predicate in paths.OPERATORS}
    known: dict[object, NamedNode] = {
        node: NamedNode(_BLANK + node.value) for node in described if isinstance(node, BlankNode)
    }
    for t in kept:
        subject, value = known.get(t.subject, t.subject), known.get(t.object, t.object)
        yield Triple(subject, t.predicate, value)


def shape_called(node: Node) -> Node:
    """The shape that `blank_shapes_named` gave this name, else the node itself."""
    if isinstance(node, NamedNode) and node.value.startswith(_BLANK):
        return BlankNode(node.value.removeprefix(_BLANK))
    return node

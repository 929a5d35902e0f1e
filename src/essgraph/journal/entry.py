"""One accepted write, and its TriG file.

Shape: the default graph describes the write with PROV-O; each other graph,
`<write>#added-…` or `<write>#removed-…`, belongs to the graph it changes by dcterms:isPartOf.
Statements keep the spelling of their literals, which a store would not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from essgraph import vocab
from essgraph.vocab import Names

_LAYER = re.compile(r"[a-z]+")
_ADDED, _REMOVED = "added", "removed"
_AT = NamedNode(vocab.PROV + "endedAtTime")
_BY = NamedNode(vocab.PROV + "wasAssociatedWith")
_ON = NamedNode(vocab.PROV + "wasInformedBy")
_KEY = NamedNode(vocab.DCTERMS + "identifier")
_MESSAGE = NamedNode(vocab.DCTERMS + "description")
_PART_OF = NamedNode(vocab.DCTERMS + "isPartOf")
_BASE = NamedNode(vocab.VOID + "uriSpace")
_AMOUNT = NamedNode(vocab.VOID + "triples")
_DATE_TIME = NamedNode(vocab.XSD + "dateTime")


@dataclass(frozen=True)
class Patch:
    """What a write does to one graph: N-Triples lines, sorted, first removed and then added."""

    graph: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One accepted write.

    `id` names the release it makes, `previous` the one it was made on; `at` is an ISO 8601
    instant, `agent` the name of the token, `key` what the caller knows the write by.
    """

    id: str
    previous: str
    at: str
    agent: str
    message: str
    key: str
    patches: tuple[Patch, ...]

    @property
    def told(self) -> tuple[str, str, str, str, str]:
        """What everyone may know of it: id, previous, instant, agent, message."""
        return self.id, self.previous, self.at, self.agent, self.message


def text(entry: Entry, names: Names) -> bytes:
    """The file of an entry."""
    quads = [*_description(entry, names), *_patches(entry, names)]
    return serialize(quads, format=RdfFormat.TRIG, prefixes={"prov": vocab.PROV}) or b""


def read(entry_id: str, content: str, names: Names) -> Entry:
    """The entry of a file, moved to the base of the names.

    Raises: SyntaxError, ValueError or KeyError for a file that is not whole.
    """
    base = _Read(content).said(_BASE)
    found = _Read(content if base == names.base else content.replace(base, names.base))
    patches = tuple(found.patches())
    if sum(len(p.added) + len(p.removed) for p in patches) != int(found.said(_AMOUNT)):
        raise ValueError("it does not hold as many triples as it says")
    return Entry(
        id=entry_id,
        previous=found.said(_ON).rpartition("/")[2],
        at=found.said(_AT),
        agent=names.entity_parts(found.said(_BY))[1],
        message=found.said(_MESSAGE),
        key=found.said(_KEY),
        patches=patches,
    )


def _description(entry: Entry, names: Names) -> Iterator[Quad]:
    write = names.entity("release", entry.id)
    facts = (
        (vocab.RDF_TYPE, NamedNode(vocab.PROV + "Activity")),
        (_AT, Literal(entry.at, datatype=_DATE_TIME)),
        (_BY, names.entity("agent", entry.agent)),
        (_ON, names.entity("release", entry.previous)),
        (_MESSAGE, Literal(entry.message)),
        (_KEY, Literal(entry.key)),
        (_BASE, Literal(names.base)),
        (_AMOUNT, Literal(sum(len(p.added) + len(p.removed) for p in entry.patches))),
    )
    for predicate, value in facts:
        yield Quad(write, predicate, value, DefaultGraph())


def _patches(entry: Entry, names: Names) -> Iterator[Quad]:
    write = names.entity("release", entry.id).value
    for number, patch in enumerate(entry.patches):
        graph = NamedNode(patch.graph)
        layer = patch.graph.removeprefix(names.graph("").value)
        # A layer's name tells the reader; any other graph has a number.
        label = layer if _LAYER.fullmatch(layer) else str(number)
        for verb, lines in ((_ADDED, patch.added), (_REMOVED, patch.removed)):
            part = NamedNode(f"{write}#{verb}-{label}")
            yield Quad(part, _PART_OF, graph, DefaultGraph())
            for quad in parse("".join(lines), format=RdfFormat.N_TRIPLES):
                yield Quad(quad.subject, quad.predicate, quad.object, part)


class _Read:
    """One file of the journal, parsed."""

    def __init__(self, text: str) -> None:
        self._quads = list(parse(text, format=RdfFormat.TRIG))

    @cached_property
    def _described(self) -> Mapping[NamedNode, NamedNode | Literal]:
        return {
            quad.predicate: quad.object
            for quad in self._quads
            if quad.graph_name == DefaultGraph()
            and quad.predicate != _PART_OF
            and isinstance(quad.object, NamedNode | Literal)
        }

    def said(self, predicate: NamedNode) -> str:
        """What is said of the write. Raises: KeyError."""
        return self._described[predicate].value

    def patches(self) -> Iterator[Patch]:
        """The patches, in the order of their graphs."""
        lines: dict[str, list[str]] = {}
        parts: dict[str, dict[str, str]] = {}
        for quad in self._quads:
            if isinstance(quad.graph_name, NamedNode):
                line = f"{Triple(quad.subject, quad.predicate, quad.object)} .\n"
                lines.setdefault(quad.graph_name.value, []).append(line)
            elif quad.predicate == _PART_OF and isinstance(quad.subject, NamedNode):
                verb = quad.subject.value.rpartition("#")[2].partition("-")[0]
                parts.setdefault(quad.object.value, {})[verb] = quad.subject.value
        for graph, named in sorted(parts.items()):
            added, removed = (
                tuple(sorted(lines.get(named[verb], ()))) for verb in (_ADDED, _REMOVED)
            )
            yield Patch(graph, added, removed)

"""SHACL-SPARQL constraints run on the store, one query a constraint."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store

from essgraph.errors import EssgraphError, NotConforming, QueryError, SourceError
from essgraph.shacl import paths, prebinding
from essgraph.shacl.report import VIOLATION, Result
from essgraph.shacl.shapes import Node, Shapes, Targets
from essgraph.store.base import Answer, GraphStore, Term, reading
from essgraph.vocab import OWL, RDF, RDFS, SH

_COMPONENT = NamedNode(SH + "SPARQLConstraintComponent")
_IMPORTS = NamedNode(OWL + "imports")
_PROPERTY = NamedNode(SH + "property")
_NESTING = {
    NamedNode(RDF + "first"),
    *(NamedNode(SH + name) for name in ("node", "not", "qualifiedValueShape")),
}
_PREFIX = re.compile(r"^(?:[A-Za-z][\w.\-]*)?$")
_IRI = re.compile(r'^[^<>"{}|^`\\\x00-\x20]+$')
_TWICE = re.compile(
    r"\{ \?this (?P<path><[^>]*>) \?essgraph_object \. (?P<own>\s*[$?]this (?P=path) [$?]\w+ [.;])"
)
"""sh:targetSubjectsOf in a group that asks for the same property itself: joining both doubles
the time of a query over the whole map."""
MOST = 100_000
"""Results that are held; whoever breaks rules more often has one thing to mend."""

_AT_ONCE = 500
"""Focus nodes given to one query."""
_IN_MESSAGE = re.compile(r"\{[?$](\w+)\}")


@dataclass(frozen=True)
class Constraint:
    """One sh:sparql of one shape, ready to run but for the classes below its target classes."""

    name: str
    node: Node
    shape: Node
    select: str
    focus: tuple[tuple[Targets, tuple[paths.Path, ...]], ...]
    path: paths.Path | None
    severity: NamedNode
    messages: dict[str, str]


def constraints(shapes: Shapes) -> list[Constraint]:
    """Every active SHACL-SPARQL constraint of the shapes.

    Raises: SourceError naming the shape, for a constraint that one query cannot answer.
    """
    found = []
    for shape, node in shapes.about("sparql"):
        if not isinstance(node, NamedNode | BlankNode):
            raise SourceError(f"{shapes.name(shape)}: sh:sparql {node} is not a constraint")
        if shapes.deactivated(shape) or shapes.deactivated(node):
            continue
        constraint = _read(shapes, shape, node)
        try:
            # An empty store reads the whole query before it finds nothing.
            query = prebinding.bind_focus_nodes(constraint.select, "", _path_text(constraint))
            Store().query(query)
        except (QueryError, SyntaxError) as error:
            # The parser goes on with all that it would have accepted.
            said = str(error).partition(", [")[0]
            raise SourceError(f"{shapes.name(node)}: {said}") from error
        found.append(constraint)
    return found


def run(
    constraint: Constraint,
    store: GraphStore,
    nodes: Iterable[Term] | None = None,
    *,
    most: int = MOST,
) -> list[Result]:
    """The results of one constraint on all its focus nodes, or on those of them given.

    Raises: SourceError if the query is malformed or reports its own failure; NotConforming,
    naming the rule, where there are `most` or more.
    """
    if nodes is None:
        focus = _focus_pattern(constraint, store)
        return [] if focus is None else _run(constraint, store, focus, most, few=False)
    found: list[Result] = []
    wanted = iter(nodes)
    while some := list(islice(wanted, _AT_ONCE)):
        listed = " ".join(str(node) for node in some)
        focus = f"VALUES ?this {{ {listed} }}"
        found += _run(constraint, store, focus, most - len(found), few=True)
    return found


def _run(
    constraint: Constraint, store: GraphStore, focus: str, most: int, *, few: bool
) -> list[Result]:
    path = _path_text(constraint)
    query = prebinding.bind_focus_nodes(constraint.select, focus, path, few=few)
    try:
        return list(_results(constraint, store.query(_TWICE.sub(r"{\g<own>", query)), most))
    except QueryError as error:
        raise SourceError(f"{constraint.name}: {error}") from error


def _path_text(constraint: Constraint) -> str | None:
    return str(constraint.path) if constraint.path else None


def _read(shapes: Shapes, shape: Node, node: Node) -> Constraint:
    selects = shapes.values(node, "select")
    if len(selects) != 1 or not isinstance(selects[0], Literal):
        raise SourceError(f"{shapes.name(node)}: a constraint has exactly one sh:select")
    path_node = shapes.value(shape, "path")
    severity = shapes.value(shape, "severity")
    said = shapes.values(node, "message") or shapes.values(shape, "message")
    return Constraint(
        name=shapes.name(node),
        node=node,
        shape=shape,
        select=prefixes(shapes, node) + selects[0].value,
        focus=tuple(_reached(shapes, shape, ())),
        path=None if path_node is None else paths.read(shapes.graph, path_node),
        severity=severity if isinstance(severity, NamedNode) else VIOLATION,
        messages={m.language or "": m.value for m in said if isinstance(m, Literal)},
    )


def _reached(
    shapes: Shapes, shape: Node, below: tuple[Node, ...]
) -> Iterator[tuple[Targets, tuple[paths.Path, ...]]]:
    """Each way to the shape's focus nodes: targets of a shape, then the paths that lead on."""
    if shape in below:
        raise SourceError(f"{shapes.name(shape)}: recursive shapes are not handled")
    targets = shapes.targets(shape)
    if targets:
        yield targets, ()
    for parent, predicate in shapes.referrers(shape):
        if predicate in _NESTING:
            # Its results belong to the outer constraint: not a query of its own.
            raise SourceError(
                f"{shapes.name(shape)}: sh:sparql in a shape under sh:node, sh:not, sh:and, "
                "sh:or, sh:xone or sh:qualifiedValueShape is not handled"
            )
        if predicate != _PROPERTY or shapes.deactivated(parent):
            continue
        path_node = shapes.value(parent, "path")
        step = () if path_node is None else (paths.read(shapes.graph, path_node),)
        for found, way in _reached(shapes, parent, (*below, shape)):
            yield found, (*way, *step)


def prefixes(shapes: Shapes, node: object) -> str:
    """PREFIX lines of the constraint's sh:prefixes, owl:imports followed."""
    waiting = shapes.values(node, "prefixes")
    seen: set[object] = set()
    found: dict[str, str] = {}
    while waiting:
        owner = waiting.pop()
        if owner in seen:
            continue
        seen.add(owner)
        waiting += paths.values(shapes.graph, owner, _IMPORTS)
        for declared in shapes.values(owner, "declare"):
            prefix, namespace = (
                shapes.value(declared, "prefix"),
                shapes.value(declared, "namespace"),
            )
            if not isinstance(prefix, Literal) or not isinstance(namespace, Literal):
                raise SourceError(f"{shapes.name(owner)}: sh:declare needs prefix and namespace")
            if not _PREFIX.match(prefix.value) or not _IRI.match(namespace.value):
                raise SourceError(
                    f"{shapes.name(owner)}: sh:declare {prefix.value!r}: {namespace.value!r}"
                )
            if found.setdefault(prefix.value, namespace.value) != namespace.value:
                raise SourceError(f"{shapes.name(owner)}: prefix {prefix.value!r} declared twice")
    return "".join(f"PREFIX {prefix}: <{found[prefix]}>\n" for prefix in sorted(found))


def _focus_pattern(constraint: Constraint, store: GraphStore) -> str | None:
    """A graph pattern that binds ?this to each focus node; None if there is no target.

    One plain pattern is left for the engine to join in the order it likes; it may bind a
    node twice, which is harmless unless solutions are counted.
    """
    ways = []
    for targets, path in constraint.focus:
        start = "?this" if not path else "?essgraph_target"
        step = "" if not path else f" {start} {'/'.join(str(p) for p in path)} ?this ."
        ways += [pattern + step for pattern in _patterns(targets, start, store)]
    if len(ways) == 1 and not prebinding.counts_solutions(constraint.select):
        return ways[0]
    either = " UNION ".join(f"{{ {way} }}" for way in ways)
    return f"{{ SELECT DISTINCT ?this WHERE {{ {either} }} }}" if ways else None


def _patterns(targets: Targets, start: str, store: GraphStore) -> Iterator[str]:
    if targets.nodes:
        yield f"VALUES {start} {{ {' '.join(str(node) for node in targets.nodes)} }}"
    for named in targets.classes:
        classes = _classes_below(named, store)
        if len(classes) == 1:
            yield f"{start} a {classes[0]} ."
        else:
            listed = " ".join(str(c) for c in classes)
            yield f"VALUES ?essgraph_class {{ {listed} }} {start} a ?essgraph_class ."
    for predicate in targets.subjects_of:
        yield f"{start} {predicate} ?essgraph_object ."
    for predicate in targets.objects_of:
        yield f"?essgraph_subject {predicate} {start} ."


def _classes_below(named: NamedNode, store: GraphStore) -> list[NamedNode]:
    """The class and its sub-classes; a path query over all instances would be far slower."""
    below = store.select(f"SELECT DISTINCT ?c WHERE {{ ?c <{RDFS}subClassOf>+ {named} }}")
    found = [row[0] for row in below.rows if isinstance(row[0], NamedNode) and row[0] != named]
    return [named, *sorted(found, key=str)]


def _results(constraint: Constraint, answer: Answer, most: int) -> Iterator[Result]:
    if not isinstance(answer, QuerySolutions):
        raise EssgraphError(f"{constraint.name}: not a SELECT query")
    columns = [variable.value for variable in answer.variables]
    for row in _told_once(answer, constraint, most):
        pairs = zip(columns, row, strict=True)
        bound = {name: term for name, term in pairs if term is not None}
        focus = bound.get("this")
        if focus is None:
            raise EssgraphError(f"{constraint.name}: a solution without $this")
        failure = bound.get("failure")
        if isinstance(failure, Literal) and failure.value in ("true", "1"):
            raise SourceError(f"{constraint.name}: the query reports a failure on {focus}")
        yield Result(
            focus_node=focus,
            path=_result_path(constraint, bound),
            value=bound.get("value") or (focus if constraint.path is None else None),
            component=_COMPONENT,
            severity=constraint.severity,
            source_shape=constraint.shape,
            source_constraint=constraint.node,
            messages=_messages(constraint, bound),
        )


def _told_once(
    answer: QuerySolutions, constraint: Constraint, most: int
) -> Iterator[tuple[Term | None, ...]]:
    """The solutions: a fact that two named graphs hold answers twice, but data is a set."""
    seen: set[tuple[Term | None, ...]] = set()
    with reading():
        for row in map(tuple, answer):
            if row in seen:
                continue
            seen.add(row)
            if len(seen) >= most:
                raise too_many(most, constraint.name)
            yield row


def too_many(most: int, rules: str) -> NotConforming:
    """The error that says that validation was ended, and by the results of which rules."""
    return NotConforming(f"{most} results or more, and validation was ended: {rules}")


def _result_path(constraint: Constraint, bound: dict[str, Term]) -> paths.Path | None:
    found = bound.get("path")
    return paths.Path(predicate=found) if isinstance(found, NamedNode) else constraint.path


def _messages(constraint: Constraint, bound: dict[str, Term]) -> dict[str, str]:
    """The query's own ?message, else the declared ones with {?variables} filled in."""
    own = bound.get("message")
    if isinstance(own, Literal):
        return {own.language or "": own.value}

    def fill(match: re.Match[str]) -> str:
        term = bound.get(match[1])
        return term.value if isinstance(term, NamedNode | Literal) else match[0]

    return {lang: _IN_MESSAGE.sub(fill, text) for lang, text in constraint.messages.items()}

"""What engines handle of the SHACL vocabulary; all the rest is refused by name.

An engine that passes over a constraint in silence is a trap: a `sh:` term that is not
listed here stops validation, a misspelt one included.
"""

from __future__ import annotations

from pyoxigraph import BlankNode, NamedNode

from essgraph.errors import SourceError
from essgraph.shacl import paths
from essgraph.shacl.shapes import Node, Shapes
from essgraph.vocab import RDF_TYPE, SH

_PATHS = "path inversePath alternativePath zeroOrMorePath oneOrMorePath zeroOrOnePath"
_TARGETS = "targetNode targetClass targetSubjectsOf targetObjectsOf"
_CORE = (
    "class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive "
    "maxInclusive minLength maxLength pattern flags languageIn uniqueLang equals disjoint "
    "lessThan lessThanOrEquals not and or xone node property qualifiedValueShape "
    "qualifiedValueShapesDisjoint qualifiedMinCount qualifiedMaxCount closed ignoredProperties "
    "hasValue in"
)
_SAID = "message severity deactivated name description order group defaultValue"
_REPORTS = (
    "conforms result detail resultPath resultSeverity resultMessage focusNode value "
    "sourceShape sourceConstraint sourceConstraintComponent shapesGraphWellFormed"
)
_SPARQL = "sparql select prefixes declare prefix namespace"

HANDLED_BY_ALL = frozenset(" ".join([_PATHS, _TARGETS, _CORE, _SAID, _REPORTS, _SPARQL]).split())
"""Predicates every engine of ours handles; reports inside a shapes graph are no constraint."""

COMPONENTS = frozenset(
    {
        "parameter",
        "optional",
        "labelTemplate",
        "validator",
        "nodeValidator",
        "propertyValidator",
        "ask",
    }
)
"""SHACL-SPARQL constraint components, which only the reference handles."""

_FOREIGN = COMPONENTS | frozenset(
    {
        "js",
        "jsFunctionName",
        "jsLibrary",
        "jsLibraryURL",
        "rule",
        "condition",
        "construct",
        "subject",
        "predicate",
        "object",
        "target",
        "values",
        "expression",
        "returnType",
        "update",
        "entailment",
        "shapesGraph",
        "suggestedShapesGraph",
        "nodes",
        "filterShape",
        "union",
        "intersection",
        "if",
        "then",
        "else",
        "distinct",
        "orderBy",
        "limit",
        "offset",
        "count",
        "minimum",
        "maximum",
        "sum",
        "groupConcat",
        "separator",
        "exists",
        "resultAnnotation",
        "annotationProperty",
        "annotationValue",
        "annotationVarName",
        "sparqlExpr",
        "someValue",
        "subsetOf",
        "singleLine",
        "rootClass",
        "reifierShape",
        "reificationRequired",
        "memberShape",
        "uniqueMembers",
        "minListLength",
        "maxListLength",
        "nodeByExpression",
        "codeIdentifier",
    }
)
"""Terms of SHACL, SHACL-AF, SHACL-JS and the SHACL 1.2 drafts that mean something elsewhere."""

_TO_SHAPE = ("node", "property", "not", "qualifiedValueShape")
_TO_SHAPES = ("and", "or", "xone")

_CLASSES = frozenset(
    {
        "NodeShape",
        "PropertyShape",
        "Shape",
        "PropertyGroup",
        "SPARQLConstraint",
        "SPARQLSelectValidator",
        "SPARQLAskValidator",
        "ConstraintComponent",
        "Parameter",
        "PrefixDeclaration",
        "ValidationReport",
        "ValidationResult",
        "Severity",
        "NodeKind",
    }
)


def refuse_unhandled(shapes: Shapes, handled: frozenset[str], engine: str) -> None:
    """Stop if the shapes use a term of the SHACL vocabulary that the engine does not handle.

    Raises: SourceError naming the shape and the term.
    """
    for triple in shapes.triples:
        term, known = triple.predicate, handled
        if term == RDF_TYPE and isinstance(triple.object, NamedNode):
            term, known = triple.object, _CLASSES
        if term.value.startswith(SH) and term.value.removeprefix(SH) not in known:
            local = term.value.removeprefix(SH)
            if local not in _FOREIGN and _is_plain_data(shapes, triple.subject, handled):
                continue
            place = shapes.name(triple.subject)
            raise SourceError(f"{place}: sh:{local} is not handled by the engine {engine!r}")


def _is_plain_data(shapes: Shapes, node: object, handled: frozenset[str]) -> bool:
    """A node of a mixed file that is typed, but is no part of a shape."""
    quads = [q for q in shapes.triples if q.subject == node]
    kinds = [q.object for q in quads if q.predicate == RDF_TYPE]
    used = [q.predicate.value.removeprefix(SH) for q in quads if q.predicate.value.startswith(SH)]
    of_shacl = any(isinstance(k, NamedNode) and k.value.startswith(SH) for k in kinds)
    return bool(kinds) and not of_shacl and not handled.intersection(used)


def refuse_recursion(shapes: Shapes) -> None:
    """Stop if a shape refers to itself, which the specification leaves undefined.

    Raises: SourceError naming the shape (SHACL section 3.4.3).
    """
    done: set[Node] = set()
    for triple in shapes.triples:
        if isinstance(triple.subject, NamedNode | BlankNode):
            _walk(shapes, triple.subject, (), done)


def _walk(shapes: Shapes, shape: Node, above: tuple[Node, ...], done: set[Node]) -> None:
    if shape in above:
        raise SourceError(f"{shapes.name(shape)}: recursive shapes are not handled")
    if shape in done:
        return
    below = [node for name in _TO_SHAPE for node in shapes.values(shape, name)]
    for name in _TO_SHAPES:
        for head in shapes.values(shape, name):
            below += paths.items(shapes.graph, head)
    for node in below:
        if isinstance(node, NamedNode | BlankNode):
            _walk(shapes, node, (*above, shape), done)
    done.add(shape)

"""Blank nodes given a name, so that a write can speak of them.

Source: RDF 1.1 Concepts and Abstract Syntax, 3.5 (replacing blank nodes with IRIs).
"""

from __future__ import annotations

from pyoxigraph import BlankNode, Triple

from essgraph.errors import QueryError
from essgraph.vocab import Names


def named(triple: Triple, names: Names, scope: str = "") -> Triple:
    """The triple with an IRI in place of each blank node, the same for the same label.

    `scope` keeps apart the labels of two documents.
    Raises: QueryError for a triple within the triple.
    """
    subject, value = triple.subject, triple.object
    if isinstance(subject, Triple) or isinstance(value, Triple):
        raise QueryError(f"{triple}: triples within triples are not kept")
    if isinstance(subject, BlankNode):
        subject = names.genid(scope + subject.value)
    if isinstance(value, BlankNode):
        value = names.genid(scope + value.value)
    return Triple(subject, triple.predicate, value)

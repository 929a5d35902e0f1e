"""Names that only the register of officials gives to mandates.

Source and evidence of the register's mandates stand on their graph, so that shapes/mandate.ttl
asks neither of a mandate of such a name: what is curated has to be named otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyoxigraph import NamedNode, Triple

from essgraph import vocab

MANDATE = (
    "/id/mandate/.+-(([0-9][0-9ab][0-9]{3}|[0-9]{9}|parlement-europeen)(-[0-9]+)?"
    "-(conseiller-(municipal|communautaire|departemental|regional)|maire|maire-delegue|adjoint"
    "|(vice-)?president-(epci|dep|reg)|depute|depute-europeen|senateur)"
    "|(an-(2[ab]|[0-9]{2,3})-[0-9]{2}|(senat-)?(2[ab]|[0-9]{2,3}))(-[0-9]+)?"
    "-(conseiller-(departemental|regional)|(vice-)?president-(dep|reg)|depute|senateur))"
    "(-[a-z0-9-]+)?$"
)
"""The form of their IRIs, under any base, as the shapes have it: place, number, role, body."""

REASON = (
    "mandates named like this one, by place and role, are those of the register of officials, "
    "which need no source of their own: choose another name, such as NAME-maire-COMMUNE"
)

_MANDATE = re.compile(MANDATE)


def taken(triples: Iterable[Triple]) -> NamedNode | None:
    """The first entity that is given a class under a name of the register's, if there is one.

    Facts on a mandate that the register describes give it no class, and are free.
    """
    for triple in triples:
        subject = triple.subject
        if (
            triple.predicate == vocab.RDF_TYPE
            and isinstance(subject, NamedNode)
            and _MANDATE.search(subject.value)
        ):
            return subject
    return None

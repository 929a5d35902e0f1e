"""Triples as Turtle that people read, in the form that the curated files have."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pyoxigraph import Literal, NamedNode, Triple

from essgraph import vocab
from essgraph.vocab import Names

Short = Callable[[str], str]
"""An IRI -> how the file writes it."""

_FIRST = (vocab.RDF_TYPE, vocab.RDFS_LABEL)


def written(triples: Iterable[Triple], names: Names) -> str:
    """A Turtle file: prefixes that are used, one block a subject, in the order they come."""
    blocks: dict[NamedNode, dict[NamedNode, dict[str, None]]] = {}
    used: dict[str, None] = {}

    def short(iri: str) -> str:
        compact = names.compact(iri)
        if compact == iri:
            return f"<{iri}>"
        used[compact.partition(":")[0]] = None
        return compact

    def term(value: object) -> str:
        if isinstance(value, NamedNode):
            # Entities and concepts in full, as the curated files have them.
            return short(value.value) if value.value.startswith(names.ontology) else _term(value)
        return _literal(value, short) if isinstance(value, Literal) else str(value)

    def _term(value: NamedNode) -> str:
        return f"<{value.value}>" if value.value.startswith(names.base) else short(value.value)

    for triple in triples:
        if not isinstance(triple.subject, NamedNode):
            continue
        facts = blocks.setdefault(triple.subject, {})
        facts.setdefault(triple.predicate, {})[term(triple.object)] = None
    body = "\n".join(_block(subject, facts, short) for subject, facts in blocks.items())
    known = names.prefixes
    head = "".join(f"@prefix {name}: <{known[name]}> .\n" for name in known if name in used)
    return f"{head}\n{body}"


def _block(subject: NamedNode, facts: dict[NamedNode, dict[str, None]], short: Short) -> str:
    lines = []
    order = sorted(facts, key=lambda prop: _FIRST.index(prop) if prop in _FIRST else len(_FIRST))
    for prop in order:
        name = "a" if prop == vocab.RDF_TYPE else short(prop.value)
        gap = " " * (len(name) + 5)
        lines.append(f"    {name} " + f" ,\n{gap}".join(facts[prop]))
    return f"{subject}\n" + " ;\n".join(lines) + " .\n"


def _literal(value: Literal, short: Short) -> str:
    if value.language or value.datatype.value == vocab.XSD + "string":
        return str(value)
    plain = str(Literal(value.value))
    return f"{plain}^^{short(value.datatype.value)}"

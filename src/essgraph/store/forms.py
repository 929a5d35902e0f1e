"""How the engine spells what it is given: `1.50` becomes `1.5` when it is stored."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple, parse

_TYPED = '"^^<'


def stored(lines: Iterable[str]) -> dict[str, str]:
    """Each N-Triples line with the one that the engine gives back for it.

    The engine itself is asked: only literals with a datatype can differ.
    """
    forms = {line: line for line in lines}
    typed = [line for line in forms if _TYPED in line]
    engine = Store()
    quads = list(parse("".join(typed), format=RdfFormat.N_TRIPLES))
    # Each literal under a subject of its own, so that it can be told what became of it.
    asked = [NamedNode(f"urn:line:{number}") for number in range(len(typed))]
    engine.extend(
        Quad(subject, quad.predicate, quad.object)
        for subject, quad in zip(asked, quads, strict=True)
    )
    answered = {quad.subject: quad.object for quad in engine}
    for line, subject, quad in zip(typed, asked, quads, strict=True):
        forms[line] = f"{Triple(quad.subject, quad.predicate, answered[subject])} .\n"
    return forms

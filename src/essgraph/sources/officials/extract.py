"""The files of the extract that `essgraph fetch officials` writes and a build converts.

Shape: UTF-8 CSV, LF. A mandate comes after the others of its person, and persons come in the
same order in both files, so that both are read side by side and neither whole. What the register
says of a person beyond name and mandates is in none of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from essgraph.sources.officials import decisions

BODIES = "bodies.csv"
PERSONS = "persons.csv"
MANDATES = "mandates.csv"
IDENTITY = decisions.FILE
REJECTED = "rejected.csv"

COLUMNS = {
    BODIES: ("key", "kind", "name_fr", "name_en", "of_fr", "siren", "governs", "spatial"),
    PERSONS: ("key", "given", "family"),
    MANDATES: (
        *("key", "person", "role", "body", "start", "end", "rank"),
        *("constituency", "place", "spatial", "group", "party"),
    ),
    IDENTITY: decisions.COLUMNS,
    REJECTED: ("file", "line", "column", "reason", "name", "place"),
}
"""The header of each file; lists are joined by `|`, a territory is `departement/05`.

`place` is the name of what a seat in Parliament is elected in, for its label.
"""

KNOWN, AUTHORITY, ASSEMBLY, PARTY, GROUP = "known", "authority", "assembly", "party", "group"
"""Kinds of bodies; a `known` one is described by another layer."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a mandate is held in, or on behalf of.

    Shape: `key` is that of its IRI; `of_fr` is the place after "Maire" ("de Guillestre"), empty
    where labels name the body instead; `name_en` the place then, else the body. `governs` and
    `spatial` are territories.
    """

    key: str
    kind: str
    name_fr: str
    name_en: str
    of_fr: str = ""
    siren: str = ""
    governs: str = ""
    spatial: tuple[str, ...] = ()

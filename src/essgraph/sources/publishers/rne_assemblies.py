"""Assemblies "à statut particulier" of the Répertoire national des élus -> bodies of the graph.

Corse, Martinique and Guyane are single authorities in the place of a région and its
départements, and their members hold the seats of regional councillors; the Métropole de Lyon
sits among the EPCI. Those overseas that are no région have no body here.
Source: Code général des collectivités territoriales, L4421-1, L7111-1, L7211-1 and L3611-1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from essgraph.sources.officials.naming import slug
from essgraph.sources.officials.record import Kind
from essgraph.sources.publishers import rne_functions

BODIES: Mapping[str, tuple[Kind, str]] = MappingProxyType(
    {
        "94": (Kind.REGIONAL, "94"),
        "972": (Kind.REGIONAL, "02"),
        "973": (Kind.REGIONAL, "03"),
        "69M": (Kind.EPCI, "200046977"),
    }
)
"""The register's code of an assembly -> its kind, and the code of the région or the SIREN."""

# Who chairs the assembly is not who heads the executive, which is what the scheme's roles are.
_SEAT = re.compile(
    r"(?:[0-9]{1,2}-?(?:er|ere|e|eme)-)?(?:vice-)?president(?:-?e)?-de-l-assemblee(?:-de-[a-z-]+)?"
    r"|conseill(?:er|ere)-(?:territoriale?|(?:a|de)-l-assemblee(?:-de-[a-z-]+)?)"
)


def told(label: str, kind: Kind) -> tuple[str, int] | None:
    """As `rne_functions.told`, with the chairs of these assemblies, which are seats alone."""
    if kind is Kind.REGIONAL and _SEAT.fullmatch(slug(label)):
        return "", 0
    return rne_functions.told(label, kind)

"""National territories: the sources of `data/territories`, from the country down."""

from __future__ import annotations

from essgraph.sources.territories import (
    communes,
    countries,
    departements,
    epci,
    inner_communes,
    overseas,
    regions,
)

SOURCES = (
    countries.SOURCE,
    regions.SOURCE,
    departements.SOURCE,
    overseas.SOURCE,
    epci.SOURCE,
    communes.SOURCE,
    inner_communes.SOURCE,
)

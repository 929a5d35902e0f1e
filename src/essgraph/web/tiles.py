"""Backgrounds that another host draws, if the setting `map_tiles` asks for one.

Source: https://cartes.gouv.fr/aide/fr/guides-utilisateur/utiliser-les-services-de-la-geoplateforme/diffusion/wmts/
(PLAN IGN, no key, Licence Ouverte); https://operations.osmfoundation.org/policies/tiles/.
"""

from __future__ import annotations

from dataclasses import dataclass

from essgraph.web.context import settings


@dataclass(frozen=True)
class Tiles:
    """One background: the host that it comes from, the address of a tile, who made it."""

    host: str
    address: str
    credit: str
    closest: int


_IGN = "data.geopf.fr"
_OSM = "tile.openstreetmap.org"

KNOWN = {
    "ign": Tiles(
        _IGN,
        f"https://{_IGN}/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&STYLE=normal"
        "&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&TILEMATRIXSET=PM&FORMAT=image/png"
        "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}",
        "© IGN",
        19,
    ),
    "osm": Tiles(
        _OSM, f"https://{_OSM}/{{z}}/{{x}}/{{y}}.png", "© les contributeurs d’OpenStreetMap", 19
    ),
}


def chosen() -> Tiles | None:
    """The background of this server's maps; None for our own alone."""
    return KNOWN.get(settings().map_tiles)

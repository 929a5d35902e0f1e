"""Maps: the base map, places as GeoJSON and as pictures, and backgrounds of other hosts."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

from essgraph.config import Settings
from essgraph.web import create_app, drawing, geojson
from essgraph.web.context import context_of
from tests.http.release import FIXTURES, publish

SVG = "{http://www.w3.org/2000/svg}"
OUTLINE = """
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@base <https://w3id.org/essgraph/> .
<graph/boundaries> {
    <id/commune/05065> geo:hasGeometry <id/geometry/commune-05065-outline> .
    <id/geometry/commune-05065-outline> rdfs:label "Contour"@fr ; geo:asWKT
        "MULTIPOLYGON (((6.6 44.6, 6.6 44.7, 6.7 44.7, 6.7 44.6, 6.6 44.6)))"^^geo:wktLiteral .
}
"""


@pytest.fixture(name="mapped", scope="module")
def _mapped(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a release with an outline, and of a small base map."""
    home = tmp_path_factory.mktemp("home")
    publish(home, "20260101T000000Z-aaaaaa", OUTLINE)
    return Settings(home=home, queries_dir=FIXTURES / "web" / "queries", data_dir=FIXTURES / "maps")


@pytest.fixture(name="client")
def _client(mapped: Settings) -> FlaskClient:
    """A client of the application on that release."""
    return create_app(mapped).test_client()


def _features(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    response = client.get(address)
    assert response.status_code == 200, response.text
    assert response.content_type == "application/geo+json"
    features: list[dict[str, Any]] = response.get_json()["features"]
    return features


def _read(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314  # ours


def _classes(svg: str) -> list[str]:
    return [element.get("class", "") for element in _read(svg).iter()]


@pytest.mark.parametrize(("areas", "code"), [("departements", "974"), ("regions", "04")])
def test_the_base_map_is_geojson_by_code(client: FlaskClient, areas: str, code: str) -> None:
    """Each area has its INSEE code and its name."""
    features = _features(client, f"/map/{areas}.geojson")

    assert {code: "La Réunion"}.items() <= {
        one["properties"]["code"]: one["properties"]["name"] for one in features
    }.items()


def test_the_base_map_is_kept_for_long(client: FlaskClient) -> None:
    """A client keeps it for a week, and then asks whether it still holds."""
    first = client.get("/map/regions.geojson")

    again = client.get("/map/regions.geojson", headers={"If-None-Match": first.headers["ETag"]})

    assert first.cache_control.max_age == 604_800
    assert (again.status_code, again.data) == (304, b"")


def test_there_is_no_base_map_of_anything_else(client: FlaskClient) -> None:
    """The addresses are those two."""
    assert client.get("/map/communes.geojson").status_code == 404


def test_an_outline_is_preferred_to_a_point(client: FlaskClient) -> None:
    """A commune is one area, counterclockwise, with its name, IRI, class and page."""
    (commune,) = _features(client, "/data/commune/05065.geojson?lang=fr")

    assert commune["geometry"]["type"] == "MultiPolygon"
    assert commune["id"] == "https://w3id.org/essgraph/id/commune/05065"
    assert commune["properties"]["name"] == "Guillestre"
    assert commune["properties"]["url"] == "/page/commune/05065?lang=fr"
    assert commune["properties"]["accent"] == "k-territory"
    (ring,) = commune["geometry"]["coordinates"][0]
    assert sum(x * y1 - x1 * y for (x, y), (x1, y1) in pairwise(ring)) > 0


def test_an_initiative_is_where_its_territories_are(client: FlaskClient) -> None:
    """The points of its territories, one feature each."""
    features = _features(client, "/data/initiative/microcentrale-cristillan.geojson")

    assert [one["geometry"]["coordinates"] for one in features] == [[6.65, 44.66]]


def test_an_authority_is_where_it_governs(client: FlaskClient) -> None:
    """The organisation of a commune is drawn as the commune."""
    (commune,) = _features(client, "/data/organisation/210500658.geojson")

    assert commune["id"] == "https://w3id.org/essgraph/id/commune/05065"


def test_a_departement_without_geometry_is_drawn_from_the_base_map(client: FlaskClient) -> None:
    """Its outline is known even where the graph has none."""
    (area,) = _features(client, "/data/departement/05.geojson")

    assert area["geometry"]["type"] == "Polygon"


@pytest.mark.parametrize("address", ["/data/country/FR.geojson", "/map/country/FR.svg"])
def test_what_is_nowhere_is_not_found(client: FlaskClient, address: str) -> None:
    """An entity without a place is a 404 that says so."""
    response = client.get(address)

    assert response.status_code == 404
    assert "knows of no place on a map for" in response.get_json()["detail"]


def test_the_rdf_of_an_entity_is_where_it_was(client: FlaskClient) -> None:
    """The address with another suffix is still that of its data."""
    response = client.get("/data/commune/05065.ttl")

    assert response.mimetype == "text/turtle"


def test_a_place_is_revalidated(client: FlaskClient) -> None:
    """The same release answers 304 to a client that has the picture."""
    first = client.get("/map/commune/05065.svg")

    again = client.get("/map/commune/05065.svg", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)


def test_a_picture_has_the_outline_and_where_it_is(client: FlaskClient) -> None:
    """The commune on its département, beside a small map of the country with a mark."""
    response = client.get("/map/commune/05065.svg?lang=fr")

    assert response.mimetype == "image/svg+xml"
    assert {"shape", "land", "here"} <= set(_classes(response.text))
    assert _read(response.text).findtext(f"{SVG}title") == "Guillestre"


def test_a_picture_may_use_its_own_style_alone(client: FlaskClient) -> None:
    """The policy has the hash of the style that is in it, and allows no other."""
    response = client.get("/map.svg")

    policy = response.headers["Content-Security-Policy"]
    assert policy == drawing.CONTENT_SECURITY_POLICY
    assert re.fullmatch(r"default-src 'none'; style-src 'sha256-[\w+/=]+'; sandbox", policy)


def test_a_picture_of_nothing_is_of_the_country(client: FlaskClient) -> None:
    """The mainland without any mark."""
    classes = _classes(client.get("/map.svg").text)

    assert "land" in classes
    assert not {"dot", "shape", "here"} & set(classes)


def test_points_overseas_are_in_a_frame_of_their_own(client: FlaskClient) -> None:
    """One point on the mainland, one in a small frame that is named."""
    svg = _read(client.get("/map.svg?at=6.6,44.6&at=55.5,-21.1").text)

    (small,) = (one for one in svg.iter(f"{SVG}svg") if one.findtext(f"{SVG}text") == "La Réunion")
    dots = list(svg.iter(f"{SVG}circle"))
    assert len(dots) == 2
    assert dots[1] in list(small)


def test_a_picture_of_entities_has_those_that_are_somewhere(client: FlaskClient) -> None:
    """Names of entities are taken as their pages have them."""
    classes = _classes(client.get("/map.svg?entity=commune/05065&entity=country/FR").text)

    assert classes.count("shape") == 1


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/map.svg?at=6.6", "at = '6.6'"),
        ("/map.svg?at=200,10", "at = '200,10'"),
        ("/map.svg?at=nan,1", "at = 'nan,1'"),
        ("/map.svg?at=1,2))", "at = '1,2))'"),
        ("/map.svg?entity=05065", "entity = '05065'"),
        ("/map.svg?at=" + "(" * 3000 + ",1", "at = '(((("),
        ("/map.svg?at=" + "1" * 24 + "x,1", "at = '111"),
        ("/map.svg?at=1," + "0" * 64, "at = '1,000"),
        ("/map.svg?" + "at=1,2&" * 21, "at: 21 are asked for"),
        ("/map.svg?" + "entity=a/b&" * 101, "entity: 101 are asked for"),
    ],
)
def test_what_cannot_be_drawn_is_refused(client: FlaskClient, address: str, said: str) -> None:
    """A 400 that names the parameter and the value."""
    response = client.get(address)

    assert response.status_code == 400
    assert said in response.get_json()["detail"]


def test_names_are_escaped_in_a_picture(mapped: Settings) -> None:
    """A name is text, whatever is in it."""
    shape = {"type": "Point", "coordinates": [6.6, 44.6]}

    svg = drawing.picture(mapped.data_dir, [geojson.feature(shape, "", "")], "<script>&")

    assert _read(svg).findtext(f"{SVG}title") == "<script>&"


def test_areas_are_shaded_by_their_codes(mapped: Settings) -> None:
    """A picture may have shaded areas, those overseas in a frame of their own."""
    svg = drawing.picture(mapped.data_dir, [], "Parts", shades={"05": 0, "974": 4})

    classes = _classes(svg)
    assert classes.count("land s0") == 1
    assert classes.count("land s4") == 1


def test_the_page_of_a_commune_has_its_map(client: FlaskClient) -> None:
    """A picture that needs no script, and the address of the same as GeoJSON."""
    page = client.get("/page/commune/05065?lang=fr", headers={"Accept": "text/html"}).text

    assert '<img src="/map/commune/05065.svg?lang=fr" alt="Guillestre sur la carte"' in page
    assert 'data-map="/data/commune/05065.geojson?lang=fr"' in page


def test_the_page_of_what_is_nowhere_has_none(client: FlaskClient) -> None:
    """The country has no outline, so that its page has no map."""
    page = client.get("/page/country/FR", headers={"Accept": "text/html"}).text

    assert "data-map" not in page


def test_no_other_host_is_named_by_default(client: FlaskClient) -> None:
    """Neither by a page with a map nor by its policy."""
    response = client.get("/page/commune/05065", headers={"Accept": "text/html"})

    assert "img-src 'self' data:;" in response.headers["Content-Security-Policy"]
    assert "data-tiles" not in response.text


@pytest.mark.parametrize(
    ("tiles", "host"), [("ign", "data.geopf.fr"), ("osm", "tile.openstreetmap.org")]
)
def test_tiles_are_let_in_from_one_host(mapped: Settings, tiles: str, host: str) -> None:
    """The setting names a background: the policy and the page speak of its host alone."""
    app = create_app(replace(mapped, map_tiles=tiles))
    # Without its script a map is a picture, which has no tiles: here it counts as built.
    context_of(app).assets.update({"built/map.js": "0" * 12, "built/map.css": "0" * 12})

    response = app.test_client().get("/page/commune/05065?lang=en", headers={"Accept": "text/html"})

    assert f"img-src https://{host} 'self' data:;" in response.headers["Content-Security-Policy"]
    assert f'data-tiles="https://{host}/' in response.text
    assert f"The background comes from {host}" in response.text


@pytest.mark.parametrize(
    "wkt",
    [
        "",
        "POINT EMPTY",
        "POINT(1 2 3)",
        "POINT(181 0)",
        "LINESTRING(1 2, 3 4)",
        "POLYGON((1 2, 3 4)",
        "POLYGON(1 2, 3 4)",
        "<http://www.opengis.net/def/crs/EPSG/0/2154> POINT(1 2)",
    ],
)
def test_wkt_that_is_no_place_is_none(wkt: str) -> None:
    """What cannot be drawn is passed over, never an error."""
    assert geojson.geometry(wkt) is None


@pytest.mark.parametrize(
    "wkt",
    [
        "POINT(" + "1" * 200_000 + ")",
        "POINT(" + "(" * 100_000 + ")",
        "POLYGON(" + "(" * 3_000 + "1 2" + ")" * 3_001,
        "POINT" + "(1 2)" * 50_000 + "x",
        "POINT(1e400 2)",
        "POLYGON((0 0))",
        "MULTIPOLYGON(((0 0,1 0,1 1,0 0)(0 0,1 0,1 1,0 0)))",
    ],
)
def test_hostile_wkt_is_none_at_once(wkt: str) -> None:
    """What is long or deep is passed over as soon as it is read; no step of it is taken again."""
    assert geojson.geometry(wkt) is None


def test_malformed_wkt_of_the_graph_is_harmless(tmp_path: Path) -> None:
    """A place that is told badly is not drawn, and its page is there."""
    outline = OUTLINE.replace(
        "((6.6 44.6, 6.6 44.7, 6.7 44.7, 6.7 44.6, 6.6 44.6))", "((6.6 44.6))"
    )
    assert outline != OUTLINE
    publish(tmp_path, "20260101T000000Z-aaaaaa", outline)
    client = create_app(Settings(home=tmp_path, data_dir=FIXTURES / "maps")).test_client()

    (commune,) = _features(client, "/data/commune/05065.geojson")

    assert commune["geometry"] == {"type": "Point", "coordinates": [6.65, 44.66]}
    assert client.get("/map/commune/05065.svg").status_code == 200


@pytest.mark.parametrize(
    ("address", "somewhere"),
    [
        ("/page/commune/05065", True),
        ("/page/initiative/microcentrale-cristillan", True),
        ("/page/organisation/210500658", True),
        ("/page/mandate/abrard-maire-guillestre", False),
        ("/page/person/louis-abrard", False),
    ],
)
def test_only_what_is_somewhere_has_a_map(
    client: FlaskClient, address: str, somewhere: bool
) -> None:
    """Its page then has GeoJSON among the formats and in Link; no other page has a map."""
    page = client.get(address, headers={"Accept": "text/html"})

    assert ("data-map=" in page.text) is somewhere
    assert ("application/geo+json" in page.text) is somewhere
    links = " ".join(page.headers.getlist("Link"))
    assert ('rel="alternate"; type="application/geo+json"' in links) is somewhere


@pytest.mark.parametrize("address", ["/map/commune/05065.svg", "/explore.svg?kind=initiative"])
def test_a_picture_in_a_language_says_so_in_its_304_too(client: FlaskClient, address: str) -> None:
    """A cache keeps one picture for each language."""
    first = client.get(address)

    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert "Accept-Language" in first.vary
    assert "Accept-Language" in again.vary


def test_holes_run_the_other_way() -> None:
    """RFC 7946: the exterior ring counterclockwise, a hole clockwise."""
    square = "0 0, 4 0, 4 4, 0 4, 0 0"
    hole = "1 1, 2 1, 2 2, 1 2, 1 1"

    found = geojson.geometry(f"POLYGON(({square}), ({hole}))")

    assert found is not None
    outer, inner = found["coordinates"]
    assert outer[1] == [4, 0]
    assert inner[1] == [1, 2]

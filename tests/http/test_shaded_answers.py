"""Answers about départements and régions, shaded on a map; answers with places, drawn here."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode

from essgraph.config import Settings
from essgraph.store.base import Term
from essgraph.vocab import XSD, Names
from essgraph.web import create_app
from essgraph.web.answered import Rows
from essgraph.web.saved import areas
from tests.http.release import FIXTURES, publish

NAMES = Names()
QUERY = "/queries/small-communes-by-departement"
HTML = {"Accept": "text/html"}


@pytest.fixture(name="client", scope="module")
def _client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of the real saved queries over tiny.trig, with a small base map."""
    home = tmp_path_factory.mktemp("home")
    publish(home, "20260101T000000Z-aaaaaa")
    return create_app(Settings(home=home, data_dir=FIXTURES / "maps")).test_client()


def _rows(*rows: tuple[Term, ...], columns: tuple[str, ...] = ("departement", "n")) -> Rows:
    return Rows(columns, rows, None, "", ())


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=NamedNode(XSD + "integer"))


def test_map_of_areas_needs_no_script(client: FlaskClient) -> None:
    """A picture, a legend with numbers under the heading of their column, and the table."""
    page = client.get(f"{QUERY}?view=map&lang=en", headers=HTML).text

    assert f'<img src="{QUERY}.svg?lang=en" alt="Communes by département"' in page
    assert re.findall(r'class="swatch shade-(\d)"></span> ([^<]+)<', page) == [
        ("0", "0"),
        ("4", "1"),
    ]
    assert ">Hautes-Alpes</a>" in page


def test_picture_shades_the_areas(client: FlaskClient) -> None:
    """Each area has the step of the ramp of its number; the title is that of the query."""
    response = client.get(f"{QUERY}.svg?lang=en")

    svg = ET.fromstring(response.text)  # noqa: S314  # ours
    classes = [one.get("class", "") for one in svg.iter()]
    assert response.mimetype == "image/svg+xml"
    assert classes.count("land s4") == 1
    assert classes.count("land s0") >= 1
    assert svg.findtext("{http://www.w3.org/2000/svg}title") == "Small communes, by département"


def test_parameters_reach_the_picture(client: FlaskClient) -> None:
    """The picture is of the answer on the page."""
    few = client.get(f"{QUERY}.svg?population=1")
    page = client.get(f"{QUERY}?view=map&population=1", headers=HTML).text

    assert few.status_code == 200
    assert "land s0" not in few.text
    assert f'<img src="{QUERY}.svg?population=1"' in page


def test_places_are_drawn_without_scripts(client: FlaskClient) -> None:
    """The picture of an answer with places has their points."""
    page = client.get("/queries/initiatives?view=map", headers=HTML).text

    (picture,) = re.findall(r'<img src="(/queries/initiatives\.svg[^"]*)"', page)
    assert 'class="dot"' in client.get(picture.replace("&amp;", "&")).text


def test_answer_without_places_has_no_picture(client: FlaskClient) -> None:
    """406, in words."""
    response = client.get("/queries/incomplete-items.svg")

    assert response.status_code == 406
    assert "has no places" in response.get_json()["detail"]


@pytest.mark.parametrize("distance", ["2020", "150.5", "-1"])
def test_distance_is_bounded(client: FlaskClient, distance: str) -> None:
    """A distance that takes a minute to answer is a bad parameter, said so beside its field."""
    data = client.get(f"/queries/communes-near-collection.csv?distance={distance}")
    page = client.get(
        f"/queries/communes-near-collection?distance={distance}&lang=en", headers=HTML
    )

    assert (data.status_code, page.status_code) == (400, 400)
    assert f"distance = '{distance}'" in data.get_json()["detail"]
    assert "Write kilometres, 150 at most" in page.text


def test_codes_are_read_where_the_column_says_what_they_are() -> None:
    """A number of an area is none unless its column is called so."""
    rows = (Literal("11"), _number(3)), (Literal("93"), _number(7))

    shaded = areas.shading(_rows(*rows, columns=("region", "n")))

    assert shaded is not None
    assert (shaded.areas, dict(shaded.shades)) == ("regions", {"11": 0, "93": 4})
    assert areas.shading(_rows(*rows, columns=("age", "n"))) is None


@pytest.mark.parametrize("keys", [("05", "05"), ("05", "2A")])
def test_an_area_that_comes_twice_has_no_one_number(
    client: FlaskClient, keys: tuple[str, str]
) -> None:
    """Only an answer with a row an area is shaded."""
    rows = [(NAMES.entity("departement", key), _number(at)) for at, key in enumerate(keys)]

    with client.application.test_request_context():
        shaded = areas.shading(_rows(*rows))

    assert (shaded is not None) == (len(set(keys)) == len(keys))


def test_classes_have_about_as_many_each() -> None:
    """Five at most; the same numbers are in one class, and few numbers are each their own."""
    many = areas.limits([float(n) for n in range(100)])
    skewed = areas.limits([0.0] * 90 + [float(n) for n in range(10)])

    assert many == [(0, 19), (20, 39), (40, 59), (60, 79), (80, 99)]
    assert skewed[0] == (0, 0)
    assert skewed[-1][1] == 9
    assert areas.limits([3, 1, 3, 2]) == [(1, 1), (2, 2), (3, 3)]

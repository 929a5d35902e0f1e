"""The graph around an entity: nodes, links, what is left out; the same in each form."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from essgraph.config import Settings
from essgraph.web import create_app, neighbourhood
from tests.http.conftest import Publish

BASE = "https://w3id.org/essgraph/"
PLANT = "/network/initiative/microcentrale-cristillan"


def _names(answer: dict[str, list[dict[str, str]]]) -> set[str]:
    return {node["id"].removeprefix(BASE) for node in answer["nodes"]}


def test_what_is_around_is_told_as_json(client: FlaskClient) -> None:
    """The root comes first, its neighbours after it, and the links go between them."""
    answer = client.get(f"{PLANT}.json?lang=en").get_json()

    assert answer["nodes"][0]["id"] == BASE + "id/initiative/microcentrale-cristillan"
    assert {"id/organisation/enercoop", "id/commune/05065", "scheme/instrument/PUR.supply"} <= (
        _names(answer)
    )
    known = {node["id"] for node in answer["nodes"]}
    assert all({edge["source"], edge["target"]} <= known for edge in answer["edges"])
    assert {node["hop"] for node in answer["nodes"]} == {0, 1}


def test_links_are_called_as_the_shapes_call_them(client: FlaskClient) -> None:
    """A link has the name that the shapes of its subject give it, in the language asked for."""
    french = client.get(f"{PLANT}.json?lang=fr").get_json()["edges"]
    english = client.get(f"{PLANT}.json?lang=en").get_json()["edges"]

    enercoop = BASE + "id/organisation/enercoop"
    assert [edge["label"] for edge in french if edge["target"] == enercoop] == ["partenaire"]
    assert [edge["label"] for edge in english if edge["target"] == enercoop] == ["partner"]


def test_a_mandate_is_a_link_with_its_time(client: FlaskClient) -> None:
    """From a person to a body goes a link with role and period; the mandate is no node."""
    answer = client.get("/network/person/louis-abrard.json?lang=en").get_json()

    held = [edge for edge in answer["edges"] if edge["mandate"]]
    assert [(e["source"], e["target"], e["label"]) for e in held] == [
        (
            BASE + "id/person/louis-abrard",
            BASE + "id/organisation/210500658",
            "mayor (1990 to 1999)",
        )
    ]
    assert not any("/id/mandate/" in node["id"] for node in answer["nodes"])


def test_two_links_reach_further(client: FlaskClient) -> None:
    """With `?hops=2` come the neighbours of the neighbours, and the links among all."""
    near = client.get(f"{PLANT}.json").get_json()
    far = client.get(f"{PLANT}.json?hops=2").get_json()

    assert _names(near) < _names(far)
    assert {node["hop"] for node in far["nodes"]} == {0, 1, 2}
    assert {n["id"] for n in near["nodes"]} <= {n["id"] for n in far["nodes"]}


def test_a_hub_is_not_gone_through(client: FlaskClient) -> None:
    """What lies in the communes of an initiative is not around the initiative."""
    far = client.get(f"{PLANT}.json?hops=2").get_json()

    assert "id/departement/05" not in _names(far)


def test_the_table_says_what_the_json_says(browser: FlaskClient) -> None:
    """Every link of the graph is a row of the page, whose names lead to pages."""
    page = browser.get(f"{PLANT}?hops=2").text
    answer = browser.get(f"{PLANT}.json?hops=2").get_json()

    assert page.count('<tr role="row"><td') == len(answer["edges"])
    assert 'href="/page/organisation/enercoop"' in page


def test_what_is_left_out_is_counted(publish: Publish, tmp_path: Path) -> None:
    """Of too many neighbours the first are shown, and a link with the number leads to the rest."""
    many = "".join(
        f"<{BASE}id/commune/{n:05}> a igeo:Commune , ess:Territory ; rdfs:label 'C{n}'@fr ;"
        f" igeo:subdivisionDe <{BASE}id/departement/05> . "
        for n in range(400)
    )
    prefixes = (
        f"@prefix ess: <{BASE}ontology#> . @prefix igeo: <http://rdf.insee.fr/def/geo#> . "
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
    )
    publish(tmp_path, "a", f"{prefixes} <{BASE}graph/territories> {{ {many} }}")
    client = create_app(Settings(home=tmp_path)).test_client()

    answer = client.get("/network/departement/05.json?hops=2").get_json()
    page = client.get("/network/departement/05?lang=en", headers={"Accept": "text/html"}).text

    [left] = [left for left in answer["leftOut"] if left["inverse"]]
    shown = [edge for edge in answer["edges"] if edge["property"] == left["property"]]
    to_root = [edge for edge in shown if edge["target"].endswith("departement/05")]
    assert left["count"] + len(to_root) == 402  # those two of tiny.trig are among them
    assert len(answer["nodes"]) <= neighbourhood.NODES
    assert f"{left['count']} (" in page
    assert "/page/departement/05/incoming?" in page


def test_accept_chooses_the_form(client: FlaskClient) -> None:
    """A program gets JSON at the address of the page, and caches are told why."""
    response = client.get(PLANT, headers={"Accept": "application/json"})

    assert response.is_json
    assert "Accept" in response.vary


@pytest.mark.parametrize("hops", ["0", "3", "", "two", "1e9", "²"])
def test_hops_are_one_or_two(client: FlaskClient, hops: str) -> None:
    """Another number is refused, with the parameter and the value in the message."""
    response = client.get(PLANT, query_string={"hops": hops})

    assert response.status_code == 400
    assert f"hops = {hops!r}" in response.get_json()["detail"]


@pytest.mark.parametrize("key", ["nope", "a<b", "é", ".json", "%00", "nope.json"])
def test_the_graph_of_nothing_is_not_found(client: FlaskClient, key: str) -> None:
    """What the graph does not know has no neighbourhood: 404, never a 500."""
    response = client.get(f"/network/commune/{key}", headers={"Accept": "text/html"})

    assert response.status_code == 404


def test_the_page_of_an_entity_leads_to_its_graph(browser: FlaskClient) -> None:
    """The way to the graph is on the page of an entity."""
    page = browser.get("/page/initiative/microcentrale-cristillan").text

    assert f'href="{PLANT}"' in page


def test_a_hostile_name_is_text(browser: FlaskClient) -> None:
    """A name with markup is shown, not run."""
    page = browser.get("/network/organisation/hostile").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page

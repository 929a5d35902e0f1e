"""/contribute: the form without scripts, its check as JSON, its files, a proposal sent."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, parse
from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse

from essgraph import proposals
from essgraph.config import Settings
from essgraph.web.context import context_of
from tests.http.proposing import PROPOSED, proposing
from tests.http.writable import Site, opened

FILLED = {
    "name.fr": "Épicerie solidaire de Guillestre",
    "spatial": "Guillestre",
    "sector": "scheme/sector/energie",
    "source.title": "Une épicerie pour tous",
}


@pytest.fixture(name="built_form", scope="module")
def _built_form(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A site that has the form and may be written to."""
    return proposing(tmp_path_factory.mktemp("proposing"))


@pytest.fixture(name="writable")
def _writable(built_form: Settings, tmp_path: Path) -> Site:
    """A copy of it, served."""
    return opened(built_form, tmp_path / "home")


def _send(site: Site, token: str | None = None, **values: str) -> TestResponse:
    secret = site.secret if token is None else token
    data = {**PROPOSED, **values, "do": "send", "token": secret}
    return site.client.post("/contribute?lang=fr", data=data)


def test_the_form_has_an_input_for_each_field(browser: FlaskClient) -> None:
    """What the shapes mark is filled in on the page, by its name in the language of the page."""
    page = browser.get("/contribute?lang=fr").get_data(as_text=True)
    form = proposals.read(context_of(browser.application).profiles, Settings().names)

    assert [f.key for f in form.fields if f'name="{f.key}"' not in page] == []
    assert 'type="email"' not in page
    assert 'type="tel"' not in page


def test_a_long_list_is_folded_by_its_headings(browser: FlaskClient) -> None:
    """Instruments stand under the broader ones, folded; what is chosen inside is in sight."""
    empty = browser.get("/contribute?lang=fr").get_data(as_text=True)
    data = {**FILLED, "instrument": "scheme/instrument/PUR.supply"}
    chosen = browser.post("/contribute?lang=fr", data=data).get_data(as_text=True)

    tick = 'name="instrument" value="scheme/instrument/PUR.supply"'
    assert tick in empty
    assert f"{tick} checked" in chosen
    assert "<details><summary>Commande publique et contrats" in empty
    assert "<details open><summary>Commande publique et contrats" in chosen


def test_the_other_language_keeps_what_was_written(browser: FlaskClient) -> None:
    """After a check the switch of language sends the form again; before it, it is a link."""
    empty = browser.get("/contribute?lang=fr").get_data(as_text=True)
    checked = browser.post("/contribute?lang=fr", data=FILLED).get_data(as_text=True)

    assert 'href="/contribute?lang=en" hreflang="en"' in empty
    assert 'form="propose" formaction="/contribute?lang=en"' in checked
    english = browser.post("/contribute?lang=en", data={**FILLED, "do": "check"})
    assert FILLED["name.fr"] in english.get_data(as_text=True)


def test_what_is_wrong_stands_beside_its_field(browser: FlaskClient) -> None:
    """Without a script, a check shows the form again with its faults and what is meant."""
    data = {**FILLED, "spatial": "Saint-Denis", "startDate": "hier"}
    page = browser.post("/contribute?lang=fr", data=data).get_data(as_text=True)

    assert "Plusieurs portent le nom" in page
    assert 'value="spatial|Saint-Denis|Saint-Denis (commune/97411)"' in page
    assert "Écrivez un jour" in page
    assert 'value="hier"' in page
    assert "2 points sont à corriger" in page


def test_a_homonym_is_chosen_by_a_button(browser: FlaskClient) -> None:
    """The button of what was meant sends it in place of the name."""
    choose = "spatial|Saint-Denis|Saint-Denis (commune/97411)"
    data = {**FILLED, "spatial": "Saint-Denis", "choose": choose}
    page = browser.post("/contribute?lang=fr", data=data).get_data(as_text=True)

    assert 'value="Saint-Denis (commune/97411)"' in page
    assert "Tout est conforme" in page


def test_a_preview_tells_entities_by_name(browser: FlaskClient) -> None:
    """What was ticked and named is read back as people call it."""
    data = {**FILLED, "spatial": "05065"}
    page = browser.post("/contribute?lang=fr", data=data).get_data(as_text=True)

    assert "<dd>Guillestre</dd>" in page
    assert "<dd>Énergie</dd>" in page


def test_the_turtle_is_a_file(browser: FlaskClient) -> None:
    """A proposal that conforms is downloaded under the name of its address."""
    response = browser.post("/contribute", data={**FILLED, "do": "turtle"})
    iri = "https://w3id.org/essgraph/id/initiative/epicerie-solidaire-de-guillestre"
    subjects = {quad.subject for quad in parse(response.data, RdfFormat.TURTLE)}

    assert response.mimetype == "text/turtle"
    assert "epicerie-solidaire-de-guillestre.ttl" in response.headers["Content-Disposition"]
    assert response.headers["Cache-Control"] == "no-store"
    assert NamedNode(iri) in subjects


def test_turtle_that_would_not_conform_is_not_given(browser: FlaskClient) -> None:
    """Asked for the file too early, one gets the form and what is left to do: 422."""
    response = browser.post("/contribute?lang=en", data={"name.fr": "Rien", "do": "turtle"})

    assert response.status_code == 422
    assert "has to be filled in" in response.get_data(as_text=True)


def test_the_check_answers_by_field(client: FlaskClient) -> None:
    """Scripts get what is wrong by the key of its field, in the language asked for."""
    answer = client.post("/contribute/check?lang=en", data={"name.fr": "Une épicerie"}).get_json()
    faults = {fault["field"] for fault in answer["faults"]}

    assert answer["ok"] is False
    assert answer["address"] == "une-epicerie"
    assert {"spatial", "source"} <= faults
    assert "This has to be filled in." in [fault["message"] for fault in answer["faults"]]


def test_what_is_written_is_text_on_the_page(browser: FlaskClient) -> None:
    """Markup in any field is shown, not run."""
    data = dict.fromkeys(("name.fr", "spatial", "new.organisation", "source.url"), "<script>x")
    page = browser.post("/contribute", data=data).get_data(as_text=True)

    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"nom": "x"}, "nom is no field of this form"),
        ({"name.fr": "x", "do": "publish"}, "do = 'publish' is not one of check, turtle, send"),
        ({"spatial": ["x"] * 501}, "form has more than 500 parameters"),
    ],
)
def test_what_the_form_does_not_send_is_refused(
    client: FlaskClient, data: dict[str, object], said: str
) -> None:
    """A parameter that is none of the form's is named: 400."""
    response = client.post("/contribute", data=data)

    assert response.status_code == 400
    assert said in response.get_json(force=True)["detail"]


def test_a_body_is_bounded(client: FlaskClient) -> None:
    """No proposal has so many bytes: 413."""
    assert client.post("/contribute", data={"name.fr": "x" * 250_000}).status_code == 413


def test_suggestions_are_of_the_kind_that_the_field_takes(client: FlaskClient) -> None:
    """A territory's field suggests territories of every kind, and nothing else."""
    answer = client.get("/contribute/suggest?field=spatial&q=Guillestr&lang=fr").get_json()

    assert {"commune/05065", "epci/200067452"} <= {hit["short"] for hit in answer["hits"]}
    assert {hit["kind"] for hit in answer["hits"]} <= {"commune", "epci", "commune-deleguee"}


@pytest.mark.parametrize(
    ("query", "said"),
    [("field=name.fr&q=x", "field = 'name.fr'"), ("field=spatial&q=" + "x" * 101, "q has 101")],
)
def test_a_suggestion_is_of_a_field_and_short(client: FlaskClient, query: str, said: str) -> None:
    """Both parameters are checked, each named in the answer."""
    response = client.get(f"/contribute/suggest?{query}")

    assert response.status_code == 400
    assert said in response.get_json(force=True)["detail"]


def test_the_templates_have_the_columns_of_the_form(client: FlaskClient) -> None:
    """The workbook and the CSV begin with the names of the fields; the lists are in the former."""
    text = client.get("/contribute/template.csv?lang=fr").get_data(as_text=True)
    workbook = client.get("/contribute/template.xlsx?lang=fr").data
    with CalamineWorkbook.from_object(io.BytesIO(workbook)) as book:
        sheet = book.get_sheet_by_index(0).to_python()
        lists = book.get_sheet_by_name("Listes").to_python()
    headings = text.removeprefix("\ufeff").split("\r\n")[0].split(";")

    assert sheet[0] == headings
    assert {"nom", "territoire", "publication\u00a0: titre"} <= set(headings)
    assert "Énergie" in {cell for row in lists for cell in row}


def test_a_server_without_tokens_says_where_the_file_goes(browser: FlaskClient) -> None:
    """Where nobody may write, no token is asked for."""
    page = browser.get("/contribute?lang=fr").get_data(as_text=True)

    assert "à l’équipe de ce serveur" in page
    assert 'type="password"' not in page


def test_a_proposal_is_in_the_graph_once_it_is_sent(writable: Site) -> None:
    """Sent with a token, it is a write like any other, and its page is told."""
    response = _send(writable)
    page = response.get_data(as_text=True)

    assert response.status_code == 200
    assert "/page/initiative/epicerie-solidaire" in page
    assert writable.truth(
        "<https://w3id.org/essgraph/id/initiative/epicerie-solidaire> "
        "<http://purl.org/dc/terms/spatial> <https://w3id.org/essgraph/id/commune/01999>"
    )


def test_the_same_cannot_be_sent_twice(writable: Site) -> None:
    """The second time the address is taken, and the form says so."""
    _send(writable)
    response = _send(writable)

    assert response.status_code == 422
    assert "a déjà cette adresse" in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("which", "status", "said"),
    [("", 401, "Ce jeton"), ("essgraph-nobody", 401, "Ce jeton"), ("query", 403, "ne permet pas")],
)
def test_a_token_that_does_not_serve_is_said_in_words(
    writable: Site, which: str, status: int, said: str
) -> None:
    """Nothing is sent, what was written stays on the page, the token does not."""
    secret = writable.asks_only if which == "query" else which
    response = _send(writable, secret)
    page = response.get_data(as_text=True)

    assert response.status_code == status
    assert said in page
    assert "Une épicerie ouverte à tous." in page
    assert not secret or secret not in page


def test_the_token_is_in_no_log(writable: Site, caplog: pytest.LogCaptureFixture) -> None:
    """A proposal accepted is logged by its agent's name, never by the token."""
    with caplog.at_level("DEBUG"):
        _send(writable)

    assert "event=accepted" in caplog.text
    assert writable.secret not in caplog.text


def test_an_answer_of_the_check_is_json_that_is_not_kept(client: FlaskClient) -> None:
    """What somebody writes stays in no cache."""
    response = client.post("/contribute/check", data={})

    assert json.loads(response.data)["ok"] is False
    assert response.headers["Cache-Control"] == "no-store"

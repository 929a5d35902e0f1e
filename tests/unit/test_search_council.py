"""The packed councils of the index: what is said there is what the lines say."""

from __future__ import annotations

import pytest

from essgraph.search import council, gather
from essgraph.search.council import Seat
from essgraph.vocab import Names

NAMES = Names()
BODY = NAMES.entity("organisation", "b").value
ZOE = NAMES.entity("person", "zoe-durand-05026").value
MAYOR = NAMES.entity("mandate", "zoe-durand-05026-maire").value
ROLE = NAMES.concept("role", "maire").value
LINKS = {
    "<http://www.w3.org/ns/org#member>": f"<{ZOE}>",
    "<http://www.w3.org/ns/org#organization>": f"<{BODY}>",
    "<http://www.w3.org/ns/org#role>": f"<{ROLE}>",
}
DATE = "^^<http://www.w3.org/2001/XMLSchema#date>"
START = {"<https://schema.org/startDate>": f'"2026-03-22"{DATE}'}
RANK = {str(NAMES.ess("rank")): '"2"^^<http://www.w3.org/2001/XMLSchema#integer>'}


def _seats(*said: dict[str, str]) -> list[Seat]:
    """The seats of the body after these mandates, each piece after another subject's."""
    lines = [
        line
        for piece in said
        for line in (
            *(f"<{MAYOR}> {predicate} {value} .\n" for predicate, value in piece.items()),
            f"<{BODY}> <http://a> <http://b> .\n",
        )
    ]
    lines += [
        f'<{ZOE}> <http://www.w3.org/2000/01/rdf-schema#label> "Zoé Durand" .\n',
        f'<{ZOE}> {council.FAMILY} "Durand" .\n',
    ]
    facts = gather.gather(lines, NAMES)
    rows = council.rows(facts.councils, facts.labels, facts.families, NAMES)
    return [seat for body, row in rows if body == BODY for seat in council.read(row, NAMES)]


@pytest.mark.parametrize(
    ("more", "rank", "start"),
    [({}, "", ""), (START, "", "2026-03-22"), (RANK, "2", ""), (START | RANK, "2", "2026-03-22")],
)
def test_a_mandate_reads_back(more: dict[str, str], rank: str, start: str) -> None:
    """Who, as what, since when and of what rank are as the lines said."""
    assert _seats(LINKS | more) == [
        Seat(MAYOR, ZOE, "Zoé Durand", "Durand", ROLE, rank, start),
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"<https://schema.org/endDate>": f'"2026-04-01"{DATE}'},
        {"<http://www.w3.org/ns/org#memberDuring>": "<http://a/period>"},
        {str(NAMES.ess("attestedDuring")): "<http://a/period>"},
        {"<https://schema.org/startDate>": '"2014"^^<http://www.w3.org/2001/XMLSchema#gYear>'},
        {"<http://www.w3.org/ns/prov#hadPrimarySource>": "<http://a/source>"},
    ],
)
def test_what_a_row_could_tell_wrongly_is_left_to_the_store(more: dict[str, str]) -> None:
    """A mandate that may be over, is not dated to the day, or has its own source, is not here."""
    assert _seats(LINKS | more) == []


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"<https://schema.org/endDate>": f'"2026-04-01"{DATE}'},
        {"<http://www.w3.org/ns/prov#hadPrimarySource>": "<http://a/source>"},
    ],
)
def test_more_said_elsewhere_takes_a_mandate_out(elsewhere: dict[str, str]) -> None:
    """A mandate that another file says more of is not told from the first alone."""
    assert _seats(LINKS, elsewhere) == []
    assert _seats(elsewhere, LINKS) == []

"""Names of mandates: which are the register's, and which anybody may give."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Triple

from essgraph.sources import reserved
from essgraph.vocab import RDF_TYPE, RDFS_LABEL, Names
from tests.unit.test_officials_extract import rows, run

NAMES = Names("https://data.example/ess/")
CLASS = NAMES.ess("Mandate")


def _typed(key: str, kind: str = "mandate") -> Triple:
    return Triple(NAMES.entity(kind, key), RDF_TYPE, CLASS)


def test_every_mandate_of_the_extract_has_such_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the assembly."""
    run(tmp_path, monkeypatch)

    keys = [row["key"] for row in rows(tmp_path, "mandates.csv")]
    assert [key for key in keys if reserved.taken([_typed(key)]) is None] == []
    assert len(keys) > 10


@pytest.mark.parametrize(
    "key",
    [
        "x-05065-maire",
        "x-2a004-2-conseiller-municipal",
        "x-200046977-conseiller-communautaire",
        "x-an-04-02-depute",
        "x-parlement-europeen-depute-europeen",
        "x-05065-adjoint-210500658",
    ],
)
def test_place_and_role_make_a_name_of_the_register(key: str) -> None:
    """Under any base."""
    other = Triple(NAMES.entity("mandate", "y-maire-caen"), RDF_TYPE, CLASS)

    assert reserved.taken([other, _typed(key)]) == NAMES.entity("mandate", key)


@pytest.mark.parametrize("key", ["x-2-maire", "x-1999-depute", "maire-05065", "x-05065-roi"])
def test_other_names_are_free(key: str) -> None:
    """What is no code of a place, or no role, and what is no mandate."""
    assert reserved.taken([_typed(key), _typed("x-05065-maire", "person")]) is None


def test_a_fact_that_gives_no_class_is_free() -> None:
    """The collection may speak of a mandate of the register."""
    fact = Triple(NAMES.entity("mandate", "x-05065-maire"), RDFS_LABEL, CLASS)

    assert reserved.taken([fact]) is None

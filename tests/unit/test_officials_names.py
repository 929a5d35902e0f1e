"""Names of officials: ordinary case, and the part of an IRI."""

from __future__ import annotations

import pytest

from essgraph.sources.officials.naming import ordinary, slug


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("LE GOFF", "Le Goff"),
        ("D'ORNANO", "d’Ornano"),
        ("DE LA VERPILLIÈRE", "de La Verpillière"),
        ("PRUD'HOMME", "Prud’homme"),
        ("BONNARD LE FLOC'H", "Bonnard Le Floc’h"),
        ("N'DIAYE", "N’Diaye"),
        ("L'ORPHELIN", "L’Orphelin"),
        ("DUGAST NÉE CHABANON-POUGET", "Dugast née Chabanon-Pouget"),
        ("KERSAUSON (DE)", "Kersauson (de)"),
        ("ÉLIZÉON  ÉPOUSE ABMON", "Élizéon épouse Abmon"),
        ("de La Gontrie", "de La Gontrie"),
        ("D'Intorni", "D’Intorni"),
    ],
)
def test_capitals_become_ordinary_case_and_the_rest_is_kept(printed: str, name: str) -> None:
    """A name in capitals is written as the assemblies write theirs; another is left alone."""
    assert ordinary(printed) == name


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Hervé d’Hérécourt-Le Goff", "herve-d-herecourt-le-goff"),
        ("Œuvrard Ÿ", "oeuvrard-y"),
        ("–", ""),
    ],
)
def test_slug_has_letters_digits_and_hyphens_only(name: str, part: str) -> None:
    """Whatever the name, its part of an IRI needs no percent sign."""
    assert slug(name) == part

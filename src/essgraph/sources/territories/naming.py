"""French names: articles contracted, apostrophes typographic.

Source: type de nom en clair (TNCC) of INSEE's Code officiel géographique, 2026 edition.
"""

from __future__ import annotations

from essgraph.sources.tabular import Row

_CONTRACTED = {"2": ("Le ", "du "), "4": ("Les ", "des ")}
_JOINED = {"0": "de ", "1": "d’", "3": "de ", "5": "de ", "6": "d’", "7": "de ", "8": "de "}

_SPELLED_OUT = {
    "CC": "Communauté de communes",
    "CA": "Communauté d’agglomération",
    "CU": "Communauté urbaine",
}


def typographic(name: str) -> str:
    """The name with typographic apostrophes, for text that we compose."""
    return name.replace("'", "’")


def of(row: Row, name: str, liaison: str) -> str:
    """`name` column after "de": "du Havre", "des Abymes", "d’Ajaccio", "de L’Aigle".

    Raises: SourceError when the `liaison` column is no TNCC code, or does not fit the name.
    """
    value = row[name]
    if row[liaison] in _CONTRACTED:
        article, contracted = _CONTRACTED[row[liaison]]
        if not value.startswith(article):
            raise row.refusal(name, f"does not begin with {article!r}, as {liaison} says")
        return contracted + typographic(value.removeprefix(article))
    return row.one_of(liaison, _JOINED) + typographic(value)


def spelled_out(name: str) -> str:
    """ "Communauté de communes du Queyras" for "CC du Queyras"; other names as they are."""
    form, space, rest = name.partition(" ")
    return typographic(_SPELLED_OUT.get(form, form) + space + rest)

"""Labels of functions in the Répertoire national des élus -> roles of the scheme.

Shape: the whole label must be known, compared without case, accents and punctuation; the chair
of a commission is no office of a council, and leaves the seat alone.
Source: labels of the register's files, 2019 to 2026; Code général des collectivités
territoriales, L2122-2, L2122-3 and L2113-13 (deputies of a mayor), L3122-5, L4133-5, L5211-10.
"""

from __future__ import annotations

import re
from itertools import chain

from essgraph.sources.officials.naming import slug
from essgraph.sources.officials.record import Kind

_WORDS = (
    *("premier", "deuxieme", "troisieme", "quatrieme", "cinquieme", "sixieme", "septieme"),
    *("huitieme", "neuvieme", "dixieme", "onzieme", "douzieme", "treizieme", "quatorzieme"),
    *("quinzieme", "seizieme", "dix-septieme", "dix-huitieme", "dix-neuvieme", "vingtieme"),
)
_RANKS = dict(
    chain(
        ((word, rank) for rank, word in enumerate(_WORDS, start=1)),
        (("premiere", 1), ("second", 2), ("seconde", 2)),
    )
)
_NUMBER = r"(?P<number>[0-9]{1,2})-?(?:er|ere|re|e|eme|ieme|nd|nde)"
_WORD = f"(?P<word>{'|'.join(sorted(_RANKS, key=len, reverse=True))})"
_ORDINAL = f"(?:(?:{_NUMBER}|{_WORD}|autre)-)?"
_E = "(?:-?e)?"  # "adjointe", "adjoint(e)", "adjoint·e"

_OF_COUNCIL = {
    Kind.EPCI: "du-conseil-(?:communautaire|metropolitain|de-communaute|de-la-metropole)",
    Kind.DEPARTEMENTAL: "du-conseil-(?:departemental|general)",
    Kind.REGIONAL: "du-conseil-regional",
}
_SUFFIX = {Kind.EPCI: "epci", Kind.DEPARTEMENTAL: "dep", Kind.REGIONAL: "reg"}
_OF_MUNICIPALITY = (
    ("maire", "maire"),
    (f"maire-delegue{_E}", "maire-delegue"),
    (f"{_ORDINAL}(?:maire-)?adjoint{_E}(?:-(?:au|du)-maire)?", "adjoint"),
)
# Deputies too, but not in the order of the commune's.
_UNRANKED = re.compile(f"{_ORDINAL}adjoint{_E}-(?:(?:au|du)-maire-delegue{_E}|special{_E})")
_SEAT = re.compile(
    "|".join(
        (
            f"conseill(?:er|ere)(?:-(?:municipal|communautaire|departemental|regional){_E})?"
            f"(?:-delegue{_E})?",
            "(?:autre-)?membre(?:-du-bureau|-(?:de-la-)?commission-permanente)?",
            f"(?:autre-)?membre-{'|(?:autre-)?membre-'.join(_OF_COUNCIL.values())}",
            f"(?:vice-)?president{_E}-(?:de-commission|de-groupe)",
        )
    )
)


def _patterns(kind: Kind) -> tuple[tuple[re.Pattern[str], str], ...]:
    if kind is Kind.MUNICIPAL:
        return tuple((re.compile(pattern), role) for pattern, role in _OF_MUNICIPALITY)
    council = f"(?:-{_OF_COUNCIL[kind]})?"
    return (
        (re.compile(f"president{_E}{council}"), f"president-{_SUFFIX[kind]}"),
        (re.compile(f"{_ORDINAL}vice-president{_E}{council}"), f"vice-president-{_SUFFIX[kind]}"),
    )


_PATTERNS = {kind: _patterns(kind) for kind in (Kind.MUNICIPAL, *_OF_COUNCIL)}


def told(label: str, kind: Kind) -> tuple[str, int] | None:
    """The notation of the role that a label tells of, and the rank in it, 0 for none.

    The role is "" for a seat alone, and there is no answer for a label that is not known.
    """
    folded = slug(label)
    if not folded or _SEAT.fullmatch(folded):
        return "", 0
    if kind is Kind.MUNICIPAL and _UNRANKED.fullmatch(folded):
        return "adjoint", 0
    for pattern, role in _PATTERNS[kind]:
        if found := pattern.fullmatch(folded):
            groups = found.groupdict()
            return role, int(groups.get("number") or _RANKS.get(groups.get("word") or "", 0))
    return None

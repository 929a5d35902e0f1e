"""Dates as people write them, as precise as they know: a day, a month or a year."""

from __future__ import annotations

import re
from datetime import date

from pyoxigraph import Literal, NamedNode

from essgraph.search.fold import words
from essgraph.vocab import XSD

_MONTHS = (
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "january february march april may june july august september october november december",
)
_MONTH = {name: at for names in _MONTHS for at, name in enumerate(names.split(), 1)}
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})",
        r"(?P<d>[0-9]{1,2})[/.](?P<m>[0-9]{1,2})[/.](?P<y>[0-9]{4})",
        r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})",
        r"(?P<m>[0-9]{1,2})/(?P<y>[0-9]{4})",
        r"(?P<y>[0-9]{4})",
    )
)


def read(text: str) -> Literal | None:
    """The date that a text writes, typed by how precise it is; None for what is no date.

    Shape: `2013-10-05`, `05/10/2013`, `5 octobre 2013`, `2013-10`, `10/2013`, `octobre 2013`,
    `2013`.
    """
    plain = text.strip()
    spoken = [f"{_MONTH[word]:02}" if word in _MONTH else word for word in words(plain)]
    if len(spoken) in (2, 3) and any(word in _MONTH for word in words(plain)):
        spoken[0] = spoken[0].removesuffix("er") if len(spoken) == 3 else spoken[0]
        plain = "/".join(spoken)
    found = next((match for form in _FORMS if (match := form.fullmatch(plain))), None)
    if found is None:
        return None
    parts = {name: int(value) for name, value in found.groupdict().items()}
    year, month, day = parts["y"], parts.get("m"), parts.get("d")
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day is not None:
        return Literal(f"{year:04}-{month:02}-{day:02}", datatype=NamedNode(XSD + "date"))
    if month is not None:
        return Literal(f"{year:04}-{month:02}", datatype=NamedNode(XSD + "gYearMonth"))
    return Literal(f"{year:04}", datatype=NamedNode(XSD + "gYear"))

"""What stands beside a name on an entity's page, in words: “293 foyers (2014)”, “maire, 1990”."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from babel.numbers import format_currency
from flask_babel import get_locale, gettext  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import Literal

from essgraph.describe import Day, Description
from essgraph.describe.beside import Amount, Office
from essgraph.describe.beside import beside as read
from essgraph.vocab import XSD_DATE
from essgraph.web import text
from essgraph.web.context import names, store


def beside(found: Description) -> dict[str, str]:
    """IRI -> what is said beside its name on this page. Raises: StoreUnavailable."""
    amounts, offices = read(store(), found, names(), text.lang())
    told = {iri: _amount(amount) for iri, amount in amounts.items()}
    told |= {
        iri: " · ".join(filter(None, (_office(office) for office in held)))
        for iri, held in offices.items()
    }
    return {iri: words for iri, words in told.items() if words}


def _amount(amount: Amount) -> str:
    least, most = (_written(number, amount.currency) for number in (amount.least, amount.most))
    if least and most:
        said = least if least == most else gettext("%(least)s to %(most)s", least=least, most=most)
    elif least:
        said = gettext("at least %(number)s", number=least)
    elif most:
        said = gettext("at most %(number)s", number=most)
    else:
        return ""
    said = f"{said}\N{NO-BREAK SPACE}{amount.unit}" if amount.unit else str(said)
    return f"{said} ({_said(amount.date)})" if amount.date else said


def _written(number: Literal | None, currency: str) -> str:
    if number is None:
        return ""
    if not currency:
        return text.shown(number.value, number.datatype.value)
    try:
        return format_currency(
            Decimal(number.value),
            currency,
            locale=get_locale(),
            format="#,##0.##\N{NO-BREAK SPACE}¤" if text.lang() == "fr" else "¤#,##0.##",
            currency_digits=False,
            decimal_quantization=False,
        )
    except InvalidOperation:
        return f"{number.value} {currency}"


def _office(office: Office) -> str:
    start, end = office.start, office.end
    if start and end:
        when = f"{_said(start)} – {_said(end)}"
    elif start:
        when = _half(start, gettext("since %(day)s"), gettext("since %(date)s"))
    elif end:
        when = _half(end, gettext("until %(day)s"), gettext("until %(date)s"))
    else:
        when = ""
    return ", ".join(filter(None, (office.called.value, when)))


def _half(day: Day, of_day: str, of_other: str) -> str:
    said = _said(day)
    return (of_day if day.datatype == XSD_DATE.value else of_other) % {"day": said, "date": said}


def _said(day: Day) -> str:
    return text.shown(day.value, day.datatype)

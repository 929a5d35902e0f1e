"""An empty spreadsheet of proposals, made from the form: CSV, or .xlsx with lists."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import xlsxwriter  # type: ignore[import-untyped]  # publishes no types

from essgraph.proposals.form import Field, Form
from essgraph.proposals.importing import headings

_ROWS = 1_000
"""Rows below the headings that offer the lists."""

_EXAMPLE = {
    "name.fr": "Épicerie solidaire de Caumont-sur-Durance",
    "name.en": "Social grocery of Caumont-sur-Durance",
    "description.fr": "La commune prête un local à une épicerie ouverte à tous.",
    "spatial": "84034",
    "carriedBy": "Commune de Caumont-sur-Durance",
    "partner": "Épicerie pour tous",
    "startDate": "10/2013",
    "source.title": "Une épicerie pour tous à Caumont",
    "source.url": "https://exemple.fr/epicerie",
    "source.issued": "05/10/2013",
    "new.organisation": "Épicerie pour tous",
}
"""One row that shows how cells are written; lists give their first value."""

_SAID: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "sheet": "Initiatives", "help": "Explications", "lists": "Listes",
        "yes": "oui", "no": "non",
        "text": "Un texte.",
        "date": "Un jour (05/10/2013), un mois (10/2013) ou une année (2013).",
        "concept": "Une valeur de la liste (feuille « Listes »).",
        "entity": "Un nom exact, un code (INSEE, SIREN) ou une adresse du graphe. "
        "En cas d’homonymes, le rapport d’import les énumère.",
        "address": "Une adresse qui commence par http:// ou https://.",
    },
    "en": {
        "sheet": "Initiatives", "help": "Explanations", "lists": "Lists",
        "yes": "yes", "no": "no",
        "text": "A text.",
        "date": "A day (2013-10-05), a month (2013-10) or a year (2013).",
        "concept": "A value of the list (sheet “Lists”).",
        "entity": "An exact name, a code (INSEE, SIREN) or an address of the graph. "
        "Where several have the name, the report of the import lists them.",
        "address": "An address that begins with http:// or https://.",
    },
}  # fmt: skip

_COLUMNS = {
    "fr": ("Colonne", "À remplir", "Plusieurs valeurs", "Ce qu’on y écrit"),
    "en": ("Column", "Required", "Several values", "What is written there"),
}
_NOTES = {
    "fr": (
        "La ligne 2 est un exemple : effacez-la. Une ligne par initiative.",
        "Plusieurs valeurs se séparent par un point-virgule.",
        "Ce qui n’est pas encore dans le graphe (organisation, personne) se décrit dans les "
        "colonnes « nouvelle … », sous le même nom que là où il est cité.",
        "Uniquement des fonctions publiques : ni adresse électronique, ni téléphone, "
        "ni donnée privée.",
    ),
    "en": (
        "Row 2 is an example: delete it. One row is one initiative.",
        "Several values are separated by a semicolon.",
        "What is not in the graph yet (organisation, person) is described in the columns "
        "“new …”, under the same name as where it is named.",
        "Public offices only: no e-mail address, no telephone, no private data.",
    ),
}

Choices = Mapping[str, Sequence[str]]
"""IRI of a scheme -> the labels of its concepts, in order."""


def csv_template(form: Form, choices: Choices, lang: str) -> str:
    """Headings and an example, separated by semicolons as spreadsheets of France read them."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    columns = headings(form, lang)
    writer.writerow([name for _, name in columns])
    writer.writerow([_example(form.field(key), key, choices) for key, _ in columns])
    # Without the mark, spreadsheets read UTF-8 as something else.
    return "\ufeff" + written.getvalue()


def xlsx_template(form: Form, choices: Choices, lang: str) -> bytes:
    """A workbook: the sheet to fill in with its lists, explanations, the lists themselves."""
    said: Mapping[str, str] = _SAID[lang]
    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        # As text: a spreadsheet would take 05065 for a number.
        plain = book.add_format({"num_format": "@", "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet, notes, lists = (
            book.add_worksheet(said[name]) for name in ("sheet", "help", "lists")
        )
        where: dict[str, str] = {}
        for at, (scheme, labels) in enumerate(choices.items()):
            lists.write_string(0, at, scheme.rpartition("/")[2], bold)
            for row, label in enumerate(labels, 1):
                lists.write_string(row, at, label)
            name = xlsxwriter.utility.xl_col_to_name(at, col_abs=True)
            where[scheme] = f"='{said['lists']}'!{name}$2:{name}${len(labels) + 1}"
        lists.set_column(0, len(where), 40)
        for at, (key, name) in enumerate(headings(form, lang)):
            field = form.field(key)
            sheet.write_string(0, at, name, bold)
            sheet.set_column(at, at, 28, plain)
            sheet.write_string(1, at, _example(field, key, choices), plain)
            if field is not None and field.scheme in where:
                # Several values are written by hand: the list helps, and forbids nothing.
                rule = {"validate": "list", "source": where[field.scheme], "show_error": False}
                sheet.data_validation(1, at, _ROWS, at, rule)
        sheet.freeze_panes(1, 1)
        _explain(notes, form, said, bold, wrapped, lang)
    return written.getvalue()


def _explain(
    sheet: xlsxwriter.worksheet.Worksheet,
    form: Form,
    said: Mapping[str, str],
    bold: xlsxwriter.format.Format,
    wrapped: xlsxwriter.format.Format,
    lang: str,
) -> None:
    notes = _NOTES[lang]
    for row, note in enumerate(notes):
        sheet.write_string(row, 0, note)
    start = len(notes) + 1
    for at, heading in enumerate(_COLUMNS[lang]):
        sheet.write_string(start, at, heading, bold)
    for row, field in enumerate(form.fields, start + 1):
        sheet.write_string(row, 0, field.called(lang), wrapped)
        sheet.write_string(row, 1, said["yes" if field.required else "no"], wrapped)
        sheet.write_string(row, 2, said["yes" if field.repeats else "no"], wrapped)
        sheet.write_string(row, 3, said[field.kind], wrapped)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 2, 16)
    sheet.set_column(3, 3, 80)


def _example(field: Field | None, key: str, choices: Choices) -> str:
    if field is not None and field.kind == "concept":
        labels = choices.get(field.scheme, ())
        return labels[0] if labels else ""
    return _EXAMPLE.get(key, "")

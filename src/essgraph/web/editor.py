"""What the page of the SPARQL form shows besides an answer: query, examples, words, snippets.

The form works without any script; the editor, where it was built, takes it over.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _  # type: ignore[import-untyped]  # publishes no types
from pyoxigraph import Literal

from essgraph.errors import NotFound
from essgraph.web import snippets, text
from essgraph.web.context import context, names
from essgraph.web.snippets import Snippets

SCRIPT, STYLE = "built/editor.js", "built/editor.css"

_FIRST = """\
PREFIX ess: <{ess}>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?initiative ?label
WHERE {{
  ?initiative a ess:Initiative ; rdfs:label ?label .
  FILTER(LANG(?label) = "{lang}")
}}
ORDER BY ?label ?initiative
LIMIT 20
"""


@dataclass(frozen=True)
class Page:
    """What the page shows.

    `query` is what the form holds; `examples` are names and titles; `words` is JSON, the texts
    of the editor by key; `built` says whether there is an editor to load.
    """

    query: str
    rows: int
    examples: list[tuple[str, str]]
    words: str
    snippets: Snippets
    built: bool


def page(query: str | None) -> Page:
    """The page of a query; without one, of the `?example=` of the address or a first query.

    Raises: NotFound for an example that there is not.
    """
    name = request.args.get("example")
    if query is not None and query.strip():
        shown = query
    elif name is not None:
        shown = example(name)
    else:
        shown = _FIRST.format(ess=names().ontology, lang=text.lang())
    endpoint = url_for("sparql.endpoint", _external=True, lang=None)
    return Page(
        query=shown,
        rows=min(max(shown.count("\n") + 2, 8), 24),
        examples=[
            (saved.name, text.translated(saved.titles)) for saved in context().queries.values()
        ],
        words=json.dumps(_words(), ensure_ascii=False),
        snippets=snippets.write(shown, endpoint),
        built=SCRIPT in context().assets,
    )


def example(name: str) -> str:
    """A saved query as it stands in the editor, for readers of the page's language: its title is
    in place of its header.

    Raises: NotFound.
    """
    saved = context().queries.get(name)
    if saved is None:
        raise NotFound(f"there is no query {name!r}")
    takes_lang = any(param.name == "lang" for param in saved.params)
    bound = saved.bind(lang=Literal(text.lang())) if takes_lang else saved.text
    lines = [line for line in bound.split("\n") if not line.startswith("#+")]
    title = text.translated(saved.titles)
    return "\n".join([f"# {title}", *lines]).rstrip("\n") + "\n"


def _words() -> dict[str, str]:
    """The texts of the editor in the language of the page, by the name its script gives them.

    `{}` stands for what the script puts in; `one` and `many` are chosen by the number.
    """
    return {
        "run": _("Run"),
        "stop": _("Stop"),
        "running": _("The query is running."),
        "stopped": _("The query was stopped."),
        "unreachable": _("The server does not answer. Try again in a moment."),
        "failed": _("This query cannot be answered:"),
        "editor": _("SPARQL query"),
        "keys": _("Ctrl+Enter runs the query, Ctrl+Space completes, Esc leaves the editor."),
        "syntax": _("Line {}: the syntax is not right from here on."),
        "results": _("Results"),
        "views": _("Views of the results"),
        "table": _("Table"),
        "chart": _("Chart"),
        "map": _("Map"),
        "raw": _("Raw response"),
        "none": _("No result."),
        "yes": _("yes"),
        "no": _("no"),
        "rows.one": _("{} row"),
        "rows.many": _("{} rows"),
        "triples.one": _("{} triple"),
        "triples.many": _("{} triples"),
        "in": _("{} in {} s"),
        "cut.rows": _("This answer is cut: the server sent the first {} rows, and there are more."),
        "cut.bytes": _("This answer is cut: the server stopped after {} bytes."),
        "cut.other": _("This answer is cut: the server did not send all of it."),
        "cut.advice": _("Narrow the query, or ask page by page with ORDER BY, LIMIT and OFFSET."),
        "explain": _("Explain why it is empty"),
        "filter": _("Filter the rows"),
        "found": _("{} of {}"),
        "sort": _("Sort by {}"),
        "previous": _("Previous"),
        "next": _("Next"),
        "page": _("Page {} of {}"),
        "pages": _("Pages"),
        "download": _("Download:"),
        "share": _("Copy the link"),
        "shared": _("Copied"),
        "long": _("This query is too long for a link."),
        "labels": _("Labels"),
        "values": _("Values"),
        "kind": _("Kind of chart"),
        "bars": _("Bars"),
        "line": _("Line"),
        "pie": _("Shares"),
        "chart.alt": _("Chart of {} by {}; the same figures are in the table."),
        "drawn": _("Only the first {} rows are drawn."),
        "places": _("Places"),
        "map.alt": _("Map of the places of the answer; they are in the table too."),
        "shapes": _("Places drawn: {}."),
        "shortened": _("Only the first {} characters are shown."),
        "uses": _("used {} times"),
    }

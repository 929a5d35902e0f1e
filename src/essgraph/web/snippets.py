"""The same query for a terminal, for Python and for R, quoted as each language wants it."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass

_PARTS = re.compile(
    r"#[^\n]*|<[^<>\s]*>|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|(?<![?$:\w-])[A-Za-z]+(?![:\w-])"
)
_GRAPH_FORMS = ("CONSTRUCT", "DESCRIBE")
_FORMS = ("SELECT", "ASK", *_GRAPH_FORMS)

_PYTHON_TABLE = """\
import io
import warnings

import pandas
import requests

query = {query}

answer = requests.post(
    {endpoint}, data={{"query": query}}, headers={{"Accept": "text/csv"}}, timeout=60
)
answer.raise_for_status()
table = pandas.read_csv(io.BytesIO(answer.content), dtype=str, keep_default_na=False)
cut = answer.headers.get("Essgraph-Truncated")
if cut:  # the last line says so, and is no row
    table = table.iloc[:-1]
    warnings.warn(f"not the whole answer: {{cut}}")
print(table)
"""
_PYTHON_OTHER = """\
import requests

query = {query}

answer = requests.post(
    {endpoint}, data={{"query": query}}, headers={{"Accept": {accept}}}, timeout=60
)
answer.raise_for_status()
print(answer.text)
"""
_R_TABLE = """\
library(httr2)

query <- {query}

answer <- request({endpoint}) |>
  req_headers(Accept = "text/csv") |>
  req_body_form(query = query) |>
  req_perform()
table <- read.csv(text = resp_body_string(answer), colClasses = "character")
cut <- resp_header(answer, "Essgraph-Truncated")
if (!is.null(cut)) {{ # the last line says so, and is no row
  table <- head(table, -1)
  warning("not the whole answer: ", cut)
}}
print(table)
"""
_R_OTHER = """\
library(httr2)

query <- {query}

answer <- request({endpoint}) |>
  req_headers(Accept = {accept}) |>
  req_body_form(query = query) |>
  req_perform()
cat(resp_body_string(answer))
"""


@dataclass(frozen=True)
class Snippets:
    """One query in three languages, ready to be pasted."""

    curl: str
    python: str
    r: str


def write(query: str, endpoint: str) -> Snippets:
    """The query as a command of a POSIX shell, as Python (requests, pandas) and as R (httr2).

    Codes stay text in the tables that they make: 05065, not 5065. The line that marks a cut
    answer becomes a warning.
    """
    # A form sends its line ends as CR LF, whatever was typed.
    text = query.replace("\r\n", "\n").strip("\n")
    accept = _accept(text)
    table = accept == "text/csv"
    python, r = (_PYTHON_TABLE, _R_TABLE) if table else (_PYTHON_OTHER, _R_OTHER)
    header = json.dumps(accept)
    return Snippets(
        curl=f"curl {shlex.quote(endpoint)} \\\n"
        f"     --header {shlex.quote(f'Accept: {accept}')} \\\n"
        f"     --data-urlencode {shlex.quote(f'query={text}')}\n",
        python=python.format(query=_python(text), endpoint=repr(endpoint), accept=header),
        r=r.format(query=_r(text), endpoint=_r(endpoint), accept=_r(accept)),
    )


def _accept(query: str) -> str:
    """The media type that suits the query's form, told by its first word of a form."""
    words = (part.upper() for part in _PARTS.findall(query))
    form = next((word for word in words if word in _FORMS), "SELECT")
    if form in _GRAPH_FORMS:
        return "text/turtle"
    return "application/sparql-results+json" if form == "ASK" else "text/csv"


def _python(text: str) -> str:
    """A Python literal of the text, on its own lines where that changes nothing."""
    if '"""' in text or "\\" in text or text.endswith('"') or not _plain(text):
        return repr(text)
    return f'"""{text}"""'


def _r(text: str) -> str:
    """An R raw string (R 4.0) of the text, with as many dashes as it takes."""
    if not _plain(text):
        return json.dumps(text, ensure_ascii=False)
    if "\n" not in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    dashes = ""
    while f'){dashes}"' in text:
        dashes += "-"
    return f'r"{dashes}({text}){dashes}"'


def _plain(text: str) -> bool:
    """Whether an editor or a terminal shows every character as itself."""
    return all(character.isprintable() or character in "\n\t" for character in text)

"""The query behind a list, a map or a chart, as a reader takes it along."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import url_for

from essgraph.web import snippets
from essgraph.web.text import lang

_TITLE = re.compile(r"#\+\s*title@(?P<lang>[a-z]{2})\s*:\s*(?P<text>.*)")
_LONGEST_ADDRESS = 8_000
"""Characters of an address that may be counted on everywhere (RFC 9110, 4.1)."""


@dataclass(frozen=True)
class Behind:
    """One query, ready to be read, opened and pasted.

    Shape: `address` opens it in the editor; "" where no address is long enough for it.
    """

    sparql: str
    curl: str
    python: str
    address: str


def behind(query: str) -> Behind:
    """What is shown of a bound query: its text for readers, where it opens, two programs.

    On a page of a kept release, all of them ask that release.
    """
    sparql = readable(query)
    written = snippets.write(sparql, url_for("sparql.endpoint", _external=True, lang=None))
    address = url_for("sparql.endpoint", query=sparql)
    return Behind(
        sparql,
        written.curl.rstrip("\n"),
        written.python.rstrip("\n"),
        address if len(address) <= _LONGEST_ADDRESS else "",
    )


def readable(query: str) -> str:
    """A query without the header of its file: its title in the page's language comes first."""
    titles: dict[str, str] = {}
    kept = []
    for line in query.replace("\r\n", "\n").strip("\n").split("\n"):
        if not line.startswith("#+"):
            kept.append(line)
        elif found := _TITLE.fullmatch(line):
            titles[found["lang"]] = found["text"]
    title = titles.get(lang()) or titles.get("en")
    return "\n".join([f"# {title}", *kept] if title else kept)

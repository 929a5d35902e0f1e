"""What an error says, in the language of a page.

Errors speak English, which programs get and logs keep. A page finds the sentence in the table
below by its form, and says it in its own language with the same values; the messages of the
engine come the same way. What has no form here is shown as it is, marked as English.
"""

from __future__ import annotations

import re
from functools import cache

from flask_babel import LazyString, force_locale, gettext  # type: ignore[import-untyped]  # publishes no types

from essgraph.web.text import Cell, foreign


def _(sentence: str) -> str:
    """A sentence for the catalogue of translations, as it is."""
    return sentence


_SENTENCES = (
    # The address.
    _("%(iri)s is not in the graph"),
    _("%(iri)s is not an entity of this graph"),
    _("%(iri)s is not a term of the ontology"),
    _("%(iri)s is not a graph of this store"),
    _("there is no entity of class %(iri)s"),
    _("%(value)s is not a class of this graph"),
    _("%(iri)s has nothing for property = %(property)s"),
    _("nothing points at %(iri)s by %(property)s"),
    _("the graph knows of nobody in office in %(iri)s"),
    _("the graph knows of no place on a map for %(iri)s"),
    _("there is no saved query %(value)s"),
    _("there is no query %(value)s"),
    _("no write %(value)s was accepted"),
    _("release %(release)s keeps no report to be read here"),
    _("this release was made before lists could be narrowed"),
    # Parameters.
    _("at = %(value)s is not of the form longitude,latitude in degrees"),
    _("%(name)s = %(value)s: %(written)s is not of the form kind/key, a notation, or an IRI"),
    _("hops = %(value)s is neither 1 nor 2"),
    _("field = %(value)s is no field that takes an entity"),
    _("%(name)s = %(value)s is not a whole number from %(least)s to %(most)s"),
    _("%(name)s = %(value)s is not an IRI"),
    _("%(name)s = %(value)s is not one of %(known)s"),
    _("%(name)s = %(value)s is not the name of a release"),
    _("%(name)s = %(value)s is not of the form %(form)s"),
    _("%(name)s has %(count)s characters; %(most)s are read at most"),
    _("release is given %(count)s times: a page has one release"),
    _("the parameter %(name)s is given %(count)s times"),
    _("%(name)s is given %(count)s times"),
    _("format is given more than once"),
    _("%(asked)s is not offered here; what is: %(known)s"),
    _("more than %(most)s values are chosen, which is the most"),
    _("%(name)s: %(count)s are asked for, %(most)s are drawn at a time"),
    _("%(name)s: %(count)s are asked for, %(most)s are answered at a time"),
    _("kind: %(value)s is none of %(known)s"),
    _("%(value)s is no facet of kind %(kind)s"),
    _("%(query)s: no parameter %(name)s; it has: %(known)s"),
    _("the parameter `%(name)s` is missing"),
    _("the parameter `%(name)s` does not belong to a %(kind)s"),
    _("%(name)s is no field of this form"),
    _("both `query` and `update` are given"),
    _("an update is sent by POST, not by %(method)s"),
    _("the %(name)s is given in the body and as a parameter"),
    _("%(name)s has more than %(most)s parameters"),
    _("%(name)s is not UTF-8"),
    _("%(name)s is not UTF-8: byte %(place)s"),
    _("timeout=%(value)s is not a number of seconds"),
    _("timeout=%(value)s is more than the %(most)s s that may be asked for here; a token allows more"),  # noqa: E501
    _("timeout=%(value)s is more than the %(most)s s that may be asked for here"),
    _("explain=%(value)s: what can be explained is: empty"),
    _("exactly one graph is to be named, by `?graph=IRI` or `?default`"),
    _("the header Host is malformed"),
    # What a query may not do, or took too much of.
    _("this query gives a table, which has no format that was asked for"),
    _("this query gives a graph, which has no format that was asked for"),
    _("expected a SELECT query"),
    _("expected an ASK query"),
    _("expected a CONSTRUCT or DESCRIBE query"),
    _("as many queries wait as may; try again soon"),
    _("no process got free in time; try again soon"),
    _("as many clients download graphs as may at a time; try again soon"),
    _("try again soon"),
    _("the client is gone"),
    _("the operator ended this query"),
    _("the engine cannot evaluate this query: its process ended"),
    _("the query was ended at its deadline of %(seconds)s s; it had used %(used)s s of processor time and %(memory)s MB of memory"),  # noqa: E501
    _("the query takes more than %(most)s MB of memory, the most that one query may have here (query_memory_mb): ask for less at a time"),  # noqa: E501
    _("the answer has more than %(most)s bytes, the most that is sent here (max_result_bytes): ask for less, with LIMIT and OFFSET or fewer variables"),  # noqa: E501
    _("this graph takes more than %(most)s bytes as %(format)s, the most that is held in memory here (max_result_bytes); as text/turtle or application/n-triples it is sent whole"),  # noqa: E501
    _("line %(line)s: %(call)s is not allowed here for <%(iri)s>, only for %(known)s"),
    _("line %(line)s: %(call)s is not allowed here for <%(iri)s>"),
    _("line %(line)s: SERVICE is not allowed inside EXISTS: it would be asked for each row, and its failure would pass for an answer"),  # noqa: E501
    _("line %(line)s: brackets are nested deeper than %(most)s"),
    _("line %(line)s: more than %(most)s operators and pattern keywords (of %(known)s)"),
    _("line %(line)s: more than %(most)s SERVICE or LOAD in one text"),
    _("line %(line)s: a string is opened and not closed"),
    _("line %(line)s: %(quoted)s: a string with a backslash that begins none of SPARQL's escapes"),
    _("line %(line)s: %(quoted)s: %(call)s is not allowed here, but perhaps for an address that is written in full between < and >: no variable, prefix or relative IRI"),  # noqa: E501
    # Writes, saved queries, and what else other parts say.
    _("%(name)s: there is no %(value)s in this graph"),
    _("%(value)s is not a facet of %(kind)s"),
    _("%(iri)s is not there"),
    _("%(iri)s is there already"),
    _("%(asked)s is not read here; what is: %(known)s"),
    _("release %(release)s is not kept; those that are: %(known)s"),
    _("release %(release)s cannot be asked: the graph is in another engine, which holds the release of today alone"),  # noqa: E501
    _("more than %(most)s from one client"),
    _("the body is cut or badly framed"),
    _("the body has more than %(most)s bytes"),
    _("the body took more than %(seconds)s s to arrive"),
    _("the store answered a SELECT with something else"),
    _("there is no document: neither a body nor a Content-Type"),
    _("%(name)s: a document for one graph names %(graph)s"),
    _("%(value)s is no format of RDF known here"),
    _("this needs a token: Authorization: Bearer …"),
    _("the token %(name)s is not for writing"),
    _("this token is not known here, or no longer"),
    _("If-None-Match: *: this address is there"),
    _("If-Match has no strong tag; the release is %(release)s"),
    _("If-Match has no strong entity tag of %(iri)s"),
    _("%(iri)s is what If-None-Match says"),
    _("the current release is %(release)s"),
    _("%(iri)s is not what it was: it changed with %(release)s"),
    _("another engine answers here (store_url): write to that one"),
    _("the default graph is the union of all graphs, which cannot be written: name a graph, as by %(offer)s"),  # noqa: E501
    _("no graph can be made here: name the one to add to, as by %(offer)s"),
    _("%(iri)s may not be written; these may: %(known)s"),
    _("message has %(count)s characters; %(most)s may be"),
    _("message has control characters"),
    _("busy: as many writes wait as may; try again soon"),
    _("the write took more than %(seconds)s s; not done"),
    _("write %(write)s is accepted and will be served after the next write or build"),
    _("the update writes to no graph: name one"),
    _("line %(line)s: near %(quoted)s: %(what)s"),
    _("expected an operation of SPARQL Update"),
    _("expected INSERT or DELETE"),
    _("expected triples, or GRAPH and an IRI before the brace"),
    _("expected an IRI, or a name with a declared prefix"),
    _("expected an IRI, a prefixed name, or kind/key such as commune/05065"),
    _("expected true or false"),
    _("expected a day such as 2010-03-31"),
    _("expected an instant such as 2010-03-31T12:00:00Z"),
    _("expected a number with a decimal point, such as 12.5"),
    _("expected a number such as 12.5 or 1e3"),
    _("expected a year such as 2010"),
    _("expected a month such as 2010-03"),
    _("expected a whole number"),
    _("expected degrees from %(least)s to %(most)s"),
    _("expected kilometres from %(least)s to %(most)s"),
    _("a page size is a whole number, zero or more"),
    _("%(query)s: parameter %(name)s = %(value)s: %(what)s"),
    _("%(query)s: parameter %(name)s: %(what)s"),
    _("not an IRI or literal"),
    _("line %(line)s: %(keyword)s after an operation cannot be read: send the operations one by one"),  # noqa: E501
    _("line %(line)s: %(keyword)s would change graphs that are not curated: name the graph"),
    _("line %(line)s: GRAPH %(variable)s: which graph this changes cannot be told before it runs: name the graph"),  # noqa: E501
    _("line %(line)s: LOAD is not allowed here"),
    _("line %(line)s: the update ends too early"),
    _("line %(line)s: %(keyword)s and using-graph-uri or using-named-graph-uri exclude each other"),
    _("%(format)s cannot carry %(value)s; %(known)s can"),
    _("a header has more than %(most)s bytes"),
    _("a process for queries ended as soon as it was started"),
    _("%(name)s = %(value)s is none of: %(known)s"),
    _("line %(line)s: %(quoted)s: SERVICE is not allowed here, nor LOAD, nor what cannot be told from them: 'service' in a prefix, after a dot in a name, or in a name while a namespace ends in neither / nor #; a prefix that begins with 'load'; a relative IRI with ' or #"),  # noqa: E501
    # How a query is written: syntax/messages.py, and the engine in it.
    _("line %(at)s: near %(quoted)s: %(what)s"),
    _("line %(at)s: %(what)s"),
    _("expected one of %(words)s"),
    _("expected %(words)s"),
    _("this cannot be read"),
    _("there is nothing to read: write a query"),
    _("%(word)s begins no query; what does: SELECT, ASK, CONSTRUCT, DESCRIBE"),
    _("this %(bracket)s is opened and not closed"),
    _("this %(bracket)s closes nothing"),
    _("the prefix %(prefix)s is not declared; begin with %(offer)s"),
    _("this is an update: send it as `update` by POST, with a token"),
    _("The SELECT contains a variable that is unbound"),
    _("SELECT * is not authorized with GROUP BY"),
    _("Duplicated variable name in SELECT"),
    _("IRI parsing failed"),
    _("The query limit should be a non negative integer"),
    _("The custom function <%(iri)s> is not supported"),
)  # fmt: skip

_CAUSED = (
    _("%(name)s = %(value)s is not an absolute IRI"),
    _("not an IRI"),
    _("release %(release)s cannot be asked"),
    _("the write was not done"),
)
"""Sentences after which stand a colon and the words of a library or of the operating system, for
programs and the log: a page says the sentence alone.
"""

_FORMS = {
    "at": r"[0-9]+:[0-9]+",
    "line": r"[0-9]+",
    "quoted": r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""",
    "word": r"\S+",
    "bracket": r"\S",
    "name": r"[^\s:=]+",
    "call": "SERVICE|LOAD",
    "graph": r"\S+",
    "query": "[a-z0-9-]+",
    "keyword": r"\w+|another \S*:",
    "write": r"\S+",
    "iri": r"\S+",
    "release": r"[^\s:]+",
}
"""Of a value: what it looks like, where that tells a sentence from another."""

_SAID = "what"
"""The value that is a sentence itself."""

_LONGEST = 2_000
"""Characters of a message that is looked up; longer ones are no sentence."""


def in_words(error: Exception) -> str | None:
    """What an error says, in the language of the request; None where there is no such sentence."""
    sentence = next((said for said in error.args if isinstance(said, LazyString)), None)
    return str(sentence) if sentence is not None else translated(str(error))


def alone(said: str, english: str) -> str:
    """A sentence that stands alone; what begins with a value, as a parameter, keeps its case.

    `english` is what it says for programs, by which it is known.
    """
    sentence = next((s for s, form in _compiled() if form.fullmatch(english)), "")
    kept = sentence.startswith("%(") or not said.partition(" ")[0].isalpha()
    kept = kept or sentence.startswith(("at ", "hops ", "field ", "message ", "format "))
    begins = said if kept else said[:1].upper() + said[1:]
    return begins if not begins or begins[-1] in ".!?…" else begins + "."


def page(error: Exception) -> Cell:
    """What an error says for a page: in its language, or in English and marked as that."""
    said = in_words(error)
    return Cell(said) if said is not None else Cell(str(error), lang=foreign("en"))


def in_english(error: Exception) -> str:
    """What an error says, for programs."""
    sentence = next((said for said in error.args if isinstance(said, LazyString)), None)
    if sentence is None:
        return str(error)
    with force_locale("en"):
        return str(sentence)


def translated(english: str) -> str | None:
    """A message in the language of the request; None where it has no form of the table."""
    if len(english) > _LONGEST:
        return None
    for sentence, form in _compiled():
        found = form.fullmatch(english)
        if found is None:
            continue
        values = found.groupdict()
        if _SAID in values:
            nested = translated(values[_SAID])
            if nested is None:
                continue
            values[_SAID] = nested
        # Without values the library leaves a % as it is.
        return str(gettext(sentence, **values)) if values else str(gettext(sentence))
    return None


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    said = [(sentence, _form(sentence)) for sentence in _SENTENCES]
    return (*said, *((sentence, _form(sentence, ": .+")) for sentence in _CAUSED))


def _form(sentence: str, after: str = "") -> re.Pattern[str]:
    """What a sentence looks like with any values; `after` is a pattern of what follows it."""
    parts = re.split(r"%\((\w+)\)s", sentence)
    written = [
        f"(?P<{part}>{_FORMS.get(part, '.+?')})" if at % 2 else re.escape(part)
        for at, part in enumerate(parts)
    ]
    return re.compile("".join(written) + after, re.DOTALL)

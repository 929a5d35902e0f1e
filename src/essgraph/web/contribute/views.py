"""The pages of a proposal: written, checked as one types, downloaded, sent with a token.

Nothing of it is kept here. A proposal sent is a write like any other (`web/writing.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import (
    Blueprint,
    Response,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext, lazy_gettext, ngettext  # type: ignore[import-untyped]  # publishes no types

from essgraph import proposals
from essgraph.errors import EssgraphError, NotAllowed, QueryError, TokenRefused
from essgraph.proposals import Fault, Proposal, Values
from essgraph.web import saying, text, writing
from essgraph.web.context import context, names, settings, store
from essgraph.web.contribute import reading, shown
from essgraph.writes import Outcome, Post, Refused

bp = Blueprint("contribute", __name__)

MAX_TYPED = 100
SUGGESTED = 8

_NEW = ("new.organisation", "new.partnerType", "new.legalForm")
_TURTLE = "text/turtle"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SAID = {
    401: lazy_gettext("This token is not known here, or it has expired. Nothing was sent."),
    403: lazy_gettext("This token, or this server, does not allow writing. Nothing was sent."),
    409: lazy_gettext("Somebody changed the graph meanwhile. Check once more, then send."),
    412: lazy_gettext("Somebody changed the graph meanwhile. Check once more, then send."),
    422: lazy_gettext("The graph would break a rule with this. Nothing was sent."),
    503: lazy_gettext("The graph is busy or cannot be written at the moment. Try again soon."),
    504: lazy_gettext("This took too long, and nothing was sent. Try again soon."),
}  # fmt: skip
_log = logging.getLogger(__name__)


@bp.get("/contribute")
def contribute() -> Response:
    """The empty form of an initiative to propose."""
    return _page({}, None)


@bp.post("/contribute")
def propose() -> Response:
    """The form with what is wrong in it and a preview; or its Turtle; or sent to the graph."""
    values, asked = reading.values(), request.form.get("do", "check")
    proposal, faults = reading.checked(values)
    blocked = any(not fault.note for fault in faults)
    if asked not in ("check", "turtle", "send"):
        raise QueryError(f"do = {asked[:40]!r} is not one of check, turtle, send")
    if asked == "turtle" and not blocked:
        response = Response(_turtle(proposal), mimetype=_TURTLE)
        key = names().entity_parts(proposal.iri.value)[1]
        response.headers["Content-Disposition"] = f'attachment; filename="{key}.ttl"'
        response.cache_control.no_store = True
        return response
    if asked == "send" and not blocked:
        return _sent(values, proposal, faults)
    return _page(values, proposal, faults, 422 if blocked and asked != "check" else 200)


@bp.post("/contribute/check")
def check() -> Response:
    """What is wrong with a proposal so far, by field, and its preview: JSON."""
    proposal, faults = reading.checked(reading.values())
    seen = shown.preview(reading.form(), proposal)
    response = jsonify(
        ok=not any(not fault.note for fault in faults),
        iri=proposal.iri.value,
        address=names().entity_parts(proposal.iri.value)[1],
        faults=[{"field": fault.key, **_told(shown.told(fault))} for fault in faults],
        preview=[[name, [cell.text for cell in cells]] for name, cells in seen],
    )
    response.cache_control.no_store = True
    return response


@bp.get("/contribute/suggest")
def suggest() -> Response:
    """The entities that a field of the form may mean, as `/suggest` tells them: JSON."""
    key, typed = request.args.get("field", ""), request.args.get("q", "").strip()
    field = reading.form().field(key)
    if field is None or field.kind != "entity":
        raise QueryError(f"field = {key[:40]!r} is no field that takes an entity")
    if len(typed) > MAX_TYPED:
        raise QueryError(f"q has {len(typed)} characters; {MAX_TYPED} are read at most")
    hits = reading.lookup().suggest(typed, field.classes, SUGGESTED)
    count = len(hits)
    told = [
        {
            "short": text.short(hit.iri),
            "label": hit.label,
            "lang": text.foreign(hit.label_lang),
            "kind": text.short(hit.iri).partition("/")[0],
            "classLabel": hit.class_label,
            "context": hit.context,
            "href": text.href(hit.iri, names()),
            "accent": text.accent(hit.iri, names()),
        }
        for hit in hits
    ]
    status = ngettext("%(count)s suggestion", "%(count)s suggestions", count, count=count)
    return jsonify(hits=told, corrected="", all="", allText="", status=status)


@bp.get("/contribute/template.<any(xlsx,csv):suffix>")
def template(suffix: str) -> Response:
    """An empty spreadsheet with the columns of the form."""
    choices = proposals.choices(reading.form(), store(), names(), text.lang())
    if suffix == "xlsx":
        made: str | bytes = proposals.xlsx_template(reading.form(), choices, text.lang())
        response = Response(made, mimetype=_XLSX)
    else:
        response = Response(
            proposals.csv_template(reading.form(), choices, text.lang()), mimetype="text/csv"
        )
    response.headers["Content-Disposition"] = f'attachment; filename="initiatives.{suffix}"'
    response.vary.add("Accept-Language")
    return response


def _sent(values: Values, proposal: Proposal, faults: list[Fault]) -> Response:
    graph = names().graph("collection").value
    try:
        agent = _agent()
        outcome = writing.do(Post(graph, _turtle(proposal).encode(), _TURTLE), agent)
    except EssgraphError as error:
        if error.status not in _SAID:
            raise
        # Not by the error handlers: what was written has to be on the page.
        told = [str(_SAID[error.status])]
        if isinstance(error, Refused):
            told += list(error.report.sentences.get(text.lang(), []))
        elif (sentence := saying.in_words(error)) is not None:
            told.append(sentence)
        return _page(values, proposal, faults, error.status, refused=told)
    return _page({}, None, sent=_receipt(proposal, outcome))


def _agent() -> str:
    """The name of the token in the form, which is used once and kept nowhere.

    Raises: TokenRefused, NotAllowed.
    """
    secret = request.form.get("token", "").strip()
    if not secret:
        raise TokenRefused("this needs a token: Authorization: Bearer …")
    token = context().tokens.known(secret)
    if not token.writes:
        raise NotAllowed(f"the token {token.name!r} is not for writing")
    return token.name


def _receipt(proposal: Proposal, outcome: Outcome) -> Mapping[str, str | None]:
    return {
        "href": text.href(proposal.iri.value, names()),
        "change": url_for("changes.change", change_id=outcome.release_id)
        if outcome.changed
        else None,
    }


def _page(
    values: Values,
    proposal: Proposal | None,
    faults: list[Fault] | None = None,
    status: int = 200,
    refused: list[str] | None = None,
    sent: Mapping[str, str | None] | None = None,
) -> Response:
    form, wrong = reading.form(), faults or []
    groups = [
        (group.labels.get(text.lang(), "") if group else "", shown.inputs(fields, values, wrong))
        for group, fields in form.groups()
    ]
    persons = [field for field in form.entities if field.key == "new.person"]
    keys = {field.key for field in form.fields}
    blocked = any(not fault.note for fault in wrong)
    response = make_response(
        render_template(
            "contribute.html",
            groups=groups,
            publication=shown.inputs(form.publication, values, wrong),
            blocks=shown.blocks(form, values),
            persons=shown.inputs(persons, values, wrong),
            new_faults=[shown.told(fault) for fault in wrong if fault.key in _NEW],
            general=[shown.told(fault) for fault in wrong if fault.key not in keys],
            address=next(iter(values.get(proposals.ADDRESS, [])), ""),
            iri=proposal.iri.value if proposal else None,
            preview=shown.preview(form, proposal) if proposal else [],
            title_of=_title(values),
            checked=proposal is not None,
            blocked=blocked,
            amount=len([fault for fault in wrong if not fault.note]),
            refused=refused or [],
            sent=sent,
            takes=_takes_writes(),
            words=_words(),
        ),
        status,
    )  # fmt: skip
    if request.method == "POST":
        response.cache_control.no_store = True
    return response


def _title(values: Values) -> str:
    found = [
        *values.get(f"name.{text.lang()}", []),
        *values.get("name.fr", []),
        *values.get("name.en", []),
    ]
    return next(iter(found), "")


def _turtle(proposal: Proposal) -> str:
    return proposals.written(proposal.triples, names())


def _told(wrong: shown.Wrong) -> dict[str, object]:
    return {
        "value": wrong.value,
        "message": wrong.sentence,
        "note": wrong.note,
        "offers": [vars(offer) for offer in wrong.offers],
    }


def _takes_writes() -> bool:
    """Whether somebody may send a proposal here: the graph is ours, and a token lets it in."""
    now = datetime.now(UTC)
    tokens = context().tokens.list()
    return not settings().store_url and any(t.writes and not t.expired(now) for t in tokens)


def _words() -> dict[str, str]:
    return {
        "add": gettext("Add another"),
        "restored": gettext("Your draft was restored."),
        "kept": gettext("Draft kept in this browser."),
        "cleared": gettext("The draft is deleted."),
        "checking": gettext("Checking…"),
        "right": gettext("Everything conforms."),
        "left": gettext("Still to be done: {}"),
        "offline": gettext("The check cannot be reached; what you write is kept."),
    }

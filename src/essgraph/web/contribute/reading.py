"""What is sent to the form of a proposal: read within bounds, and checked."""

from __future__ import annotations

from flask import current_app, request

from essgraph import proposals
from essgraph.errors import QueryError
from essgraph.proposals import Checker, Fault, Form, Proposal, Values
from essgraph.web import text
from essgraph.web.context import context, index, names, settings, store

MAX_BODY_BYTES = 200_000
MAX_PARAMETERS = 500

_CHECKER = "essgraph.contribute"


def values() -> dict[str, list[str]]:
    """What was written, by field; a choice among homonyms put in place of the name.

    Raises: QueryError for too many parameters or one that is none of the form.
    """
    request.max_content_length = request.max_form_memory_size = MAX_BODY_BYTES
    sent = request.form
    if sum(len(texts) for _, texts in sent.lists()) > MAX_PARAMETERS:
        raise QueryError(f"form has more than {MAX_PARAMETERS} parameters")
    known = {field.key for field in form().fields} | {proposals.ADDRESS}
    found: dict[str, list[str]] = {}
    for key, texts in sent.lists():
        if key in known:
            # A browser sends the ends of lines as CR LF.
            found[key] = [value.replace("\r\n", "\n") for value in texts]
        elif key not in ("do", "token", "choose"):
            raise QueryError(f"{key[:40]} is no field of this form")
    key, _, chosen = sent.get("choose", "").partition("|")
    instead, _, value = chosen.rpartition("|")
    if key in found and value:
        found[key] = [value if said.strip() == instead else said for said in found[key]]
    return _aligned(found)


def _aligned(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """The kinds and forms of new organisations without those of blocks left empty."""
    called = found.get("new.organisation", [])
    kept = [at for at, name in enumerate(called) if name.strip()]
    for key in ("new.organisation", "new.partnerType", "new.legalForm"):
        some = found.get(key, [])
        if some:
            found[key] = [some[at] if at < len(some) else "" for at in kept]
    return found


def checked(written: Values) -> tuple[Proposal, list[Fault]]:
    """The proposal that these values make, and all that is wrong with it."""
    proposal = proposals.draft(written, form(), names(), lookup())
    (found,) = checker().check([proposal], store())
    # What is wrong with a value is told once, by the part that knows more of it.
    told = {fault.key for fault in proposal.faults if not fault.note}
    more = [fault for fault in found if fault.key not in told]
    return proposal, [*proposal.faults, *more]


def checker() -> Checker:
    """What checks proposals of this application, its shapes read once."""
    extensions = current_app.extensions
    if _CHECKER not in extensions:
        known = context().profiles
        extensions[_CHECKER] = Checker(settings().shapes_dir, names(), known, form())
    found: Checker = extensions[_CHECKER]
    return found


def form() -> Form:
    """The form of this application."""
    return proposals.read(context().profiles, names())


def lookup() -> proposals.Release:
    """What texts mean in the release of this request."""
    return proposals.Release(store(), index(), names(), context().profiles, text.lang())

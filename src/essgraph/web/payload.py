"""The document that a client sends for a graph: its bytes and its format.

Source: SPARQL 1.1 Graph Store HTTP Protocol (W3C Recommendation, 21 March 2013), 5 and 5.5.
"""

from __future__ import annotations

from flask import request
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, parse
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnsupportedMediaType

from essgraph.errors import QueryError
from essgraph.store.base import reading
from essgraph.web import negotiate
from essgraph.web.context import settings

_FORM = "multipart/form-data"
_READ = {media_type: o for o in reversed(negotiate.GRAPHS) for media_type in o.media_types}


def read(graph: NamedNode) -> tuple[bytes, str]:
    """The document of this request, and the media type to read it by.

    Several of a multipart form are made one of N-Triples, their blank nodes kept apart.
    Raises: UnsupportedMediaType; QueryError for a document of such a form that cannot be read,
    or no document at all; RequestEntityTooLarge.
    """
    request.max_content_length = settings().max_body_bytes
    if request.mimetype == _FORM:
        files = request.files.items(multi=True)
        lines = b"".join(_lines(name, file, graph) for name, file in files)
        return lines, negotiate.N_TRIPLES.media_type
    body = request.get_data()
    if not request.mimetype:
        if not body:
            raise QueryError("there is no document: neither a body nor a Content-Type")
        return body, negotiate.RDF_XML.media_type
    return body, _media_type(request.mimetype, request.mimetype_params.get("charset"))


def _lines(name: str, file: FileStorage, graph: NamedNode) -> bytes:
    media_type = _media_type(file.mimetype, file.mimetype_params.get("charset"))
    document = file.read()
    found = []
    with reading(f"{name}: ", document.decode("utf-8", "replace")):
        quads = parse(
            document,
            format=RdfFormat.from_media_type(media_type),
            base_iri=graph.value,
            rename_blank_nodes=True,
        )
        for quad in quads:
            if quad.graph_name != DefaultGraph():
                raise QueryError(f"{name}: a document for one graph names {quad.graph_name}")
            found.append(f"{quad.triple} .\n")
    return "".join(found).encode()


def _media_type(said: str, charset: str | None) -> str:
    """The first name of a media type. Raises: UnsupportedMediaType."""
    offer = _READ.get(said)
    if offer is None:
        known = ", ".join(offer.media_type for offer in negotiate.GRAPHS)
        raise UnsupportedMediaType(f"{said} is not read here; what is: {known}")
    if (charset or "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType(f"charset={charset} is not read here; what is: utf-8")
    return offer.media_type

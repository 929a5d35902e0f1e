"""Every error of essgraph, with the HTTP status and the exit code it is told by.

Exit codes follow sysexits.h; statuses are answered as RFC 9457 problem details.
"""

from __future__ import annotations


class EssgraphError(Exception):
    """A failure essgraph names itself; bare, it is a bug of ours."""

    status: int = 500
    exit_code: int = 70
    title: str = "Internal error"


class ConfigError(EssgraphError):
    """A setting is unknown, missing or malformed."""

    status = 500
    exit_code = 78
    title = "Configuration error"


class QueryError(EssgraphError):
    """A query cannot be read, or asks for what is not allowed."""

    status = 400
    exit_code = 65
    title = "Bad query"


class AnswerTooLarge(QueryError):
    """An answer has more bytes than one answer may have; it is refused, never cut."""

    # Not 413, which speaks of the request: RFC 9110, 15.5.14 and 15.5.4.
    status = 403
    exit_code = 65
    title = "Answer too large"


class NotWritable(QueryError):
    """An answer holds a term that the format it was asked in cannot carry."""

    status = 406
    exit_code = 65
    title = "Not acceptable"


class WrongKind(NotWritable):
    """A query gives a table where only graphs are acceptable, or a graph where only tables are."""


class GraphProtected(QueryError):
    """A write would change a graph that is not curated, or one that cannot be told."""

    status = 403
    exit_code = 65
    title = "Graph not writable"


class PreconditionFailed(QueryError):
    """The graph changed since the client read it, or exists although it should not."""

    status = 412
    exit_code = 65
    title = "Precondition failed"


class TokenRefused(QueryError):
    """A token is missing, unknown, expired, or not for this."""

    status = 401
    exit_code = 77
    title = "Token refused"


class NotAllowed(QueryError):
    """A token is known, but not for this."""

    status = 403
    exit_code = 77
    title = "Not allowed"


class NotFound(EssgraphError):
    """The graph holds nothing under this name."""

    status = 404
    exit_code = 66
    title = "Not found"


class ReleaseGone(EssgraphError):
    """A release is asked for that is not kept any more."""

    status = 410
    exit_code = 66
    title = "Release not kept"


class NotConforming(EssgraphError):
    """Data breaks a shape whose severity is sh:Violation."""

    status = 422
    exit_code = 1
    title = "Data does not conform to the shapes"


class SourceError(EssgraphError):
    """A source file is malformed, or its publisher changed it."""

    status = 502
    exit_code = 65
    title = "Source error"


class StoreUnavailable(EssgraphError):
    """The store cannot be opened, read or written."""

    status = 503
    exit_code = 69
    title = "Store unavailable"


class NotExplorable(StoreUnavailable):
    """A release was made before its lists could be narrowed by facets."""

    title = "Not to be explored"


class TooManyQueries(StoreUnavailable):
    """As many queries run and wait as may."""

    title = "Too many queries at a time"


class QueryCancelled(StoreUnavailable):
    """A query was ended by the operator, or its client is gone."""

    title = "Query cancelled"


class QueryTooBig(QueryError):
    """A query takes more memory than one may."""

    status = 403
    title = "Query too big"


class QueryTimeout(EssgraphError):
    """A query outlived its deadline."""

    status = 504
    exit_code = 75
    title = "Query timeout"

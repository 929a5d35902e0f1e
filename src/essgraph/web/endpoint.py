"""The query side of the SPARQL endpoint: a call in, the bytes of an answer out.

In order: an answer at hand, 304 for one that the client has, a look-up evaluated on the spot, an
answer that another process kept, and last a process of the pool.
"""

from __future__ import annotations

import asyncio
import time
from functools import lru_cache, partial
from hashlib import blake2b
from io import SEEK_END, BytesIO
from typing import NoReturn
from urllib.parse import parse_qsl

from cachetools import LRUCache

from essgraph.config import Settings
from essgraph.errors import (
    EssgraphError,
    QueryError,
    QueryTimeout,
    QueryTooBig,
    StoreUnavailable,
    WrongKind,
)
from essgraph.store.cutting import Caps
from essgraph.store.embedded import EmbeddedStore
from essgraph.store.evaluating import Answered, Job, evaluate_short
from essgraph.store.pool import Task
from essgraph.tokens import Tokens
from essgraph.web import lookups, negotiate, wording
from essgraph.web.answers import Answers, Kept, tag_of
from essgraph.web.call import Call
from essgraph.web.current import CurrentRelease, Opened, named_release
from essgraph.web.evaluators import Evaluator
from essgraph.web.operation import Operation
from essgraph.web.querylog import QueryLog
from essgraph.web.replies import Reply, encoding, headers, told, unchanged

_QUICK_S = 0.1
"""A query whose like took no longer is quick."""
_SHARED_FROM_S = 0.005
"""An answer that took less is made again sooner than found."""
_SHAPES = 2_000
_RELEASE = b"release="
_WORDS = 4_000
"""Longest request remembered with its answer, whose bytes alone are counted."""


class Endpoint:
    """Answers queries over the current release."""

    def __init__(
        self, settings: Settings, current: CurrentRelease, tokens: Tokens, evaluator: Evaluator
    ) -> None:
        self._settings = settings
        self._current = current
        self.evaluator = evaluator
        self._answers = Answers(settings.home, settings.result_cache_mb)
        self._tokens = tokens
        self._slowest: LRUCache[str, float] = LRUCache(_SHAPES)
        self.log = QueryLog()
        self._caps = Caps(settings.max_result_rows, settings.max_result_bytes)

    def opened(self, call: Call) -> Opened:
        """The release of one call: that of `?release=`, else the current one.

        Raises: StoreUnavailable, ConfigError; QueryError, ReleaseGone.
        """
        if _RELEASE not in call.query_string:
            return self._current.get()
        sent = parse_qsl(call.query_string.decode("latin-1"), keep_blank_values=True)
        asked = named_release([value for name, value in sent if name == "release"])
        return self._current.get() if asked is None else self._current.of(asked)

    def at_hand(self, call: Call, opened: Opened) -> Reply | None:
        """The reply to a GET or HEAD that was answered before in the very same words."""
        if call.method not in ("GET", "HEAD") or "authorization" in call.headers:
            return None
        kept = self._answers.near(self._words(call, opened))
        return None if kept is None else self._reply(call, opened, kept)

    async def answer(self, call: Call, asked: Operation, opened: Opened) -> Reply:
        """The reply to a query over a release.

        Raises: QueryError, NothingOffered, NotWritable, TooManyQueries, QueryTimeout,
        QueryTooBig, TokenRefused, StoreUnavailable.
        """
        if asked.query is None:
            raise QueryError("the parameter `query` is missing")
        timeout_s = self._deadline(call, asked)
        job = self._job(call, asked)
        if not job.tables and not job.graphs:
            self._refuse(call, asked, (*negotiate.RESULTS, *negotiate.GRAPHS))
        text = wording.canonical(asked.query)
        etag = self._tag(opened, asked, text, job)
        if etag and unchanged(call, etag):
            return Reply(304, headers(etag, opened.release.id))
        started = time.perf_counter()
        if self._looks_up(opened, job, text) and (short := evaluate_short(opened.store, job)):
            return self._first(call, opened, etag, text, short, time.perf_counter() - started)
        key = f"{etag} {job.encoding}" if etag else ""
        kept = self._answers.shared(key) if key else None
        if kept is not None:
            return self._keep(call, opened, kept)
        started = time.perf_counter()
        try:
            answered = await self._run(call, opened, job, text, timeout_s)
        except WrongKind:
            # The one of the two that the client takes no format of.
            self._refuse(call, asked, negotiate.GRAPHS if job.tables else negotiate.RESULTS)
        except StoreUnavailable:
            if opened.release.path.is_dir():
                raise
            # It was pruned while the query waited: the current one answers, if none was named.
            return await self.answer(call, asked, self.opened(call))
        took_s = time.perf_counter() - started
        return self._first(call, opened, etag, text, answered, took_s, key)

    def _first(
        self,
        call: Call,
        opened: Opened,
        etag: str | None,
        text: str,
        answered: Answered,
        took_s: float,
        key: str = "",
    ) -> Reply:
        """The reply with an answer that was just evaluated; kept where it may be."""
        file = answered.file
        found = headers(told(call, etag), opened.release.id, answered)
        if answered.rest is not None:
            answered.rest.add_done_callback(partial(self._ended, text))
            return Reply(200, found, file=file, rest=answered.rest)
        size = file.seek(0, SEEK_END)
        file.seek(0)
        self.log.add(_hash(text), took_s, answered.rows, size, answered.truncated)
        if not isinstance(file, BytesIO):
            return Reply(200, found, file=file, size=size)
        kept = Kept.of(answered, etag, file.getvalue())
        if key and took_s >= _SHARED_FROM_S:
            self._answers.share(key, kept)
        return self._keep(call, opened, kept)

    def _ended(self, text: str, rest: asyncio.Future[Answered]) -> None:
        error = rest.exception()
        if error is not None:
            self.log.add(_hash(text), 0.0, 0, 0, failed=type(error).__name__)
        else:
            self.log.add(_hash(text), rest.result().took_s, rest.result().rows, 0)

    def _keep(self, call: Call, opened: Opened, kept: Kept) -> Reply:
        if kept.etag and not call.body:
            words = self._words(call, opened)
            if sum(len(word) for word in words if word) <= _WORDS:
                self._answers.keep(words, kept)
        return self._reply(call, opened, kept)

    def _looks_up(self, opened: Opened, job: Job, text: str) -> bool:
        """Whether a query is over so soon that it may be evaluated on the spot."""
        if not isinstance(opened.store, EmbeddedStore) or job.default_graphs or job.named_graphs:
            return False
        return job.tables != "" and lookups.is_look_up(text, opened.store)

    async def rows(self, call: Call, asked: Operation, opened: Opened, caps: Caps) -> Answered:
        """The first rows of an answer, for a page: SPARQL JSON, or N-Triples."""
        job = Job(
            asked.query or "", negotiate.JSON.media_type, negotiate.N_TRIPLES.media_type,
            asked.default_graphs, asked.named_graphs, "", caps,
        )  # fmt: skip
        text = wording.canonical(job.text)
        etag = self._tag(opened, asked, text, job)
        kept = self._answers.near(etag) or self._answers.shared(etag) if etag else None
        if kept is None:
            started = time.perf_counter()
            answered = await self._run(call, opened, job, text, self._deadline(call, asked))
            took_s = time.perf_counter() - started
            self.log.add(_hash(text), took_s, answered.rows, 0, answered.truncated)
            with answered.file as file:
                kept = Kept.of(answered, etag, file.read())
            if etag and took_s >= _SHARED_FROM_S:
                self._answers.share(etag, kept)
        if etag:
            self._answers.keep(etag, kept)
        return Answered(kept.media_type, kept.rows, kept.truncated, "", BytesIO(kept.body))

    async def explain(self, call: Call, asked: Operation, opened: Opened) -> bytes:
        """Why a query has no row, as JSON (`essgraph.explain`). Raises: as `answer`."""
        if asked.query is None:
            raise QueryError("the parameter `query` is missing")
        job = Job(asked.query, "", "", asked.default_graphs, asked.named_graphs)
        text = wording.canonical(job.text)
        timeout_s = self._deadline(call, asked)
        task = Task("explain", job, timeout_s, _hash(text), call.gone)
        answered = await self.evaluator.run(task, opened)
        with answered.file as file:
            return file.read()

    async def _run(
        self, call: Call, opened: Opened, job: Job, text: str, timeout_s: float
    ) -> Answered:
        shape, digest = _hash(wording.shape(text)), _hash(text)
        before_s = self._slowest.get(shape)
        quick = before_s is not None and before_s <= _QUICK_S
        started = time.perf_counter()
        try:
            task = Task("query", job, timeout_s, digest, call.gone, quick)
            answered = await self.evaluator.run(task, opened)
        except EssgraphError as error:
            if isinstance(error, (QueryTimeout, QueryTooBig)):
                self._slowest[shape] = timeout_s
            took_s = time.perf_counter() - started
            self.log.add(digest, took_s, 0, 0, failed=type(error).__name__)
            raise
        # Half forgotten with each run: a busy moment must not make a query slow for good.
        self._slowest[shape] = max(answered.took_s, (before_s or 0.0) / 2)
        return answered

    def _job(self, call: Call, asked: Operation) -> Job:
        return Job(
            asked.query or "",
            _media_type(call.accept, negotiate.RESULTS, asked.formats),
            _media_type(call.accept, negotiate.GRAPHS, asked.formats),
            asked.default_graphs,
            asked.named_graphs,
            encoding(call.headers.get("accept-encoding")),
            self._caps,
            call.streams,
        )

    def _refuse(
        self, call: Call, asked: Operation, offers: tuple[negotiate.Format, ...]
    ) -> NoReturn:
        negotiate.pick(call.accept, offers, asked.formats)
        raise negotiate.NothingOffered(f"Accept: {call.accept}", offers)

    def _deadline(self, call: Call, asked: Operation) -> float:
        most = self._settings.query_timeout_max_s
        if call.bearer is not None:
            self._tokens.known(call.bearer)
            most = self._settings.query_timeout_token_s
        wanted = asked.timeout_s
        if wanted is None:
            return min(self._settings.query_timeout_s, most)
        if wanted > most:
            raise QueryError(
                f"timeout={wanted:g} is more than the {most} s that may be asked for here"
                + ("" if call.bearer else "; a token allows more")
            )
        return wanted

    def _tag(self, opened: Opened, asked: Operation, text: str, job: Job) -> str | None:
        """The tag of an answer not yet computed; None for one that nobody may keep."""
        if self._settings.store_url or not asked.repeatable:
            return None
        graphs = (asked.default_graphs, asked.named_graphs)
        caps = f"{job.caps.rows} {job.caps.bytes}"  # an operator may move them
        # A table or a graph, whichever it will be: both formats are known before.
        return tag_of(opened.release.id, text, *graphs, job.tables, job.graphs, caps)

    def _words(self, call: Call, opened: Opened) -> tuple[str | bytes | None, ...]:
        sent = call.headers
        return (
            opened.release.id,
            call.path,
            call.query_string,
            sent.get("accept"),
            sent.get("accept-encoding"),
        )

    def _reply(self, call: Call, opened: Opened, kept: Kept) -> Reply:
        if kept.etag and unchanged(call, kept.etag):
            return Reply(304, headers(kept.etag, opened.release.id))
        found = headers(told(call, kept.etag), opened.release.id, kept)
        return Reply(200, found, kept.body, size=len(kept.body))

    def close(self) -> None:
        """Let the kept answers go."""
        self._answers.close()
        self.log.flush()


@lru_cache(maxsize=128)
def _media_type(accept: str, offers: tuple[negotiate.Format, ...], formats: tuple[str, ...]) -> str:
    try:
        return negotiate.pick(accept, offers, formats)[1]
    except negotiate.NothingOffered:
        return ""


def _hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

"""The web application: wiring and error handlers only."""

from __future__ import annotations

from flask import Flask
from flask_babel import Babel  # type: ignore[import-untyped]  # publishes no types
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from essgraph.config import Settings
from essgraph.web import (
    assets,
    behind,
    browse,
    changes,
    cite,
    completion,
    context,
    contribute,
    crawlers,
    entity,
    explore,
    graphs,
    headers,
    machines,
    maps,
    negotiate,
    neighbourhood,
    openapi,
    operation,
    ops,
    permalink,
    pictures,
    problems,
    saved,
    sparql,
    suggest,
    terms,
    text,
    validation,
)

_COMPRESSED = {
    *("text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"),
    *("application/xml", "text/plain"),
    *("application/problem+json", "application/atom+xml", "application/geo+json"),
    *(name for offer in (*negotiate.RESULTS, *negotiate.GRAPHS) for name in offer.media_types),
}


def create_app(settings: Settings) -> Flask:
    """The application that serves the current release of these settings' home."""
    app = Flask("essgraph.web", static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=operation.MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=operation.MAX_BODY_BYTES,
        COMPRESS_ALGORITHM=["zstd", "br", "gzip"],
        COMPRESS_MIMETYPES=sorted(_COMPRESSED),
        BABEL_DEFAULT_LOCALE="fr",
    )
    context.attach(app.extensions, settings, assets.fingerprints())
    Babel(app, locale_selector=text.lang, default_translation_directories="translations")
    for module in (
        *(browse, suggest, explore, entity, neighbourhood, cite, maps, pictures, terms, saved),
        *(contribute, sparql, completion, graphs, changes, validation),
        *(openapi, crawlers, ops, assets),
    ):
        app.register_blueprint(module.bp)
    app.url_defaults(text.keep_lang)
    app.url_defaults(permalink.keep_release)
    app.after_request(permalink.tell)
    app.after_request(headers.secure)
    app.after_request(machines.announce)
    Compress(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=assets.asset,
        script=assets.script,
        style=assets.style,
        fonts=assets.fonts,
        cell=text.cell,
        accent=lambda iri: text.accent(iri, context.names()),
        href=lambda iri: text.href(iri, context.names()),
        foreign=text.foreign,
        lang=text.lang,
        addresses=machines.addresses,
        no_head=machines.plain,
        head_of_query=machines.of_query,
        head_of_list=machines.of_list,
        site_picture=machines.site_picture,
        other_language=text.other_language,
        short=text.short,
        query_behind=behind.behind,
        title=lambda query: text.translated(query.titles),
        formats={"results": negotiate.RESULTS, "graphs": negotiate.GRAPHS},
    )
    app.jinja_env.filters.update(number=text.number)
    app.context_processor(
        lambda: {"release_id": context.release_id(), "pinned": permalink.pinned()}
    )
    problems.register(app)
    return app

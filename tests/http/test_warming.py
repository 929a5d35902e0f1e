"""What the first reader of a release would wait for is read beforehand."""

from __future__ import annotations

import asyncio
from pathlib import Path

from essgraph.config import Settings
from essgraph.web.current import CurrentRelease
from essgraph.web.gateway import Gateway
from essgraph.web.wire import Message


def test_what_was_read_needs_no_store(settings: Settings) -> None:
    """A warm release answers from memory what all of its pages share."""
    opened = CurrentRelease(settings).get()
    base = f"{settings.base_iri}id/"

    opened.warm()
    opened.store.close()

    assert [item.link.iri for item in opened.local.of(f"{base}commune/05065", "fr")] == [
        f"{base}initiative/microcentrale-cristillan"
    ]
    assert opened.initiatives.points(f"{base}initiative/microcentrale-cristillan")


def test_a_server_starts_without_a_release(tmp_path: Path) -> None:
    """Before the first build there is nothing to read beforehand, and the server starts."""
    sent: list[str] = []
    waiting = iter(("lifespan.startup", "lifespan.shutdown"))

    async def receive() -> Message:
        return {"type": next(waiting)}

    async def send(message: Message) -> None:
        sent.append(message["type"])

    asyncio.run(Gateway(Settings(home=tmp_path))({"type": "lifespan"}, receive, send))

    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]

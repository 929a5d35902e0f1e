"""Tokens: told once, kept as a digest, gone at once."""

from __future__ import annotations

import json
import logging
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from essgraph.cli.token import token
from essgraph.errors import NotFound, QueryError, StoreUnavailable
from essgraph.tokens import FILE, Tokens


def test_a_token_is_known_by_its_secret(tmp_path: Path) -> None:
    """And by nothing else, not by its digest either."""
    tokens = Tokens(tmp_path)
    secret = tokens.create("amina", "write")
    other = tokens.create("bruno", "query")
    kept = json.loads((tmp_path / FILE).read_text("utf-8"))

    found = tokens.check(secret)

    assert found is not None
    assert (found.name, found.scope, found.writes) == ("amina", "write", True)
    second = tokens.check(other)
    assert second is not None
    assert (second.name, second.writes) == ("bruno", False)
    for wrong in ("", secret[:-1], secret + "a", kept[0]["sha256"], "é\ud800"):
        assert tokens.check(wrong) is None


def test_the_secret_is_long_and_not_kept(tmp_path: Path) -> None:
    """256 bits, in a file that only its owner reads."""
    secret = Tokens(tmp_path).create("amina", "write")

    assert len(secret) == 43
    assert secret not in (tmp_path / FILE).read_text("utf-8")
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_a_running_server_follows_the_file(tmp_path: Path) -> None:
    """A token made, or revoked, by another process counts at the next request."""
    server, command = Tokens(tmp_path), Tokens(tmp_path)
    assert server.check("x") is None
    secret = command.create("amina", "write")
    assert server.check(secret) is not None

    command.revoke("amina")

    assert server.check(secret) is None
    assert server.list() == []


def test_a_token_expires(tmp_path: Path) -> None:
    """After its days, to the second."""
    tokens = Tokens(tmp_path)
    secret = tokens.create("amina", "write", days=2)
    ends = datetime.fromisoformat(tokens.list()[0].expires or "")

    assert tokens.check(secret, now=ends - timedelta(seconds=1)) is not None
    assert tokens.check(secret, now=ends) is None
    assert timedelta(days=1.99) < ends - datetime.now(UTC) <= timedelta(days=2)


@pytest.mark.parametrize(
    ("name", "scope", "days", "said"),
    [
        ("amina", "write", None, "already"),
        ("", "write", None, "1 to 64"),
        ("a\nb", "write", None, "1 to 64"),
        ("x" * 65, "write", None, "1 to 64"),
        ("bruno", "admin", None, "write, query"),
        ("bruno", "write", 0, "one day"),
    ],
)
def test_what_is_no_token_is_not_made(
    tmp_path: Path, name: str, scope: str, days: int | None, said: str
) -> None:
    """And the tokens stay as they were."""
    tokens = Tokens(tmp_path)
    tokens.create("amina", "write")

    with pytest.raises(QueryError, match=said):
        tokens.create(name, scope, days)

    assert [one.name for one in tokens.list()] == ["amina"]


def test_revoking_an_unknown_name_is_told(tmp_path: Path) -> None:
    """With the names that there are."""
    Tokens(tmp_path).create("amina", "write")

    with pytest.raises(NotFound, match="no token 'bruno'; there are: amina"):
        Tokens(tmp_path).revoke("bruno")


def test_a_broken_file_lets_nobody_in_and_tells_nothing(tmp_path: Path) -> None:
    """It is unavailable, and what is in it is not in the error."""
    (tmp_path / FILE).write_text('[{"sha256": "confidentiel"', "utf-8")

    with pytest.raises(StoreUnavailable) as raised:
        Tokens(tmp_path).check("confidentiel")

    assert "confidentiel" not in f"{raised.value!r}{raised.value.__cause__!r}"


def test_the_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """create prints the secret alone on standard output, list does not, revoke ends it."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ESSGRAPH_HOME", str(tmp_path))
    runner = CliRunner()

    made = runner.invoke(token, ["create", "--name", "amina", "--scope", "write", "--days", "3"])
    secret = made.stdout.strip()

    assert Tokens(tmp_path).check(secret) is not None
    for arguments in (["list"], ["list", "--json"]):
        listed = runner.invoke(token, arguments)
        assert "amina" in listed.stdout
        assert secret not in listed.output
    assert runner.invoke(token, ["revoke", "amina"]).exit_code == 0
    assert Tokens(tmp_path).check(secret) is None
    assert secret not in caplog.text

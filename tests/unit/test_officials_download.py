"""Files of the register from the web: bounded, and failures told with their address."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from essgraph.errors import SourceError
from essgraph.sources.officials.record import Record
from essgraph.sources.publishers import download, rne
from tests.unit.officials_packages import FIXTURES

CONTENT = (FIXTURES / "rne" / "municipaux-2024.csv").read_bytes()


class Register(BaseHTTPRequestHandler):
    """Answers with a file of the register, by way of a redirection as data.gouv.fr does."""

    def do_GET(self) -> None:
        """Redirect, answer, or find nothing."""
        if self.path == "/r/municipaux":
            self.send_response(302)
            self.send_header("Location", "/municipaux.csv")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        known = self.path == "/municipaux.csv"
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(CONTENT) if known else 0))
        self.end_headers()
        if known:
            self.wfile.write(CONTENT)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(name="address", scope="module")
def _address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Register)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_register_is_read_by_its_address(address: str, tmp_path: Path) -> None:
    """A redirection is followed, and the file read as one on disk is."""
    file = rne.open_file(f"{address}/r/municipaux", tmp_path / "scratch")

    names = [row.family for row in rne.read([file]) if isinstance(row, Record)]
    assert names == ["Durand", "Le Goff", "Le Goff"]


def test_missing_file_is_told_with_its_address(address: str, tmp_path: Path) -> None:
    """The status of the answer is named."""
    with pytest.raises(SourceError, match=r"/absent\.csv: HTTP status 404"):
        rne.open_file(f"{address}/absent.csv", tmp_path / "scratch")


def test_file_without_end_is_cut_off(address: str, tmp_path: Path) -> None:
    """No more is read than a register can have."""
    with pytest.raises(SourceError, match="more than 100 bytes"):
        download.from_web(f"{address}/municipaux.csv", tmp_path / "file", most_bytes=100)


def test_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A refused connection is no crash."""
    with pytest.raises(SourceError, match=r"http://127\.0\.0\.1:1/x\.csv: "):
        download.from_web("http://127.0.0.1:1/x.csv", tmp_path / "file")

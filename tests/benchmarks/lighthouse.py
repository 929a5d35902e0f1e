"""Lighthouse's scores of the pages: performance, accessibility, best practice, SEO.

Run: python -m tests.benchmarks.lighthouse --home var
Targets: 95 or more for each, on a phone as Lighthouse imagines one (slow network, slow processor).
Lighthouse is installed by npm into a folder that is thrown away: version 12, the last for Node 20.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks import measure, servers

PAGES = {
    "home": "/",
    "initiative": "/page/initiative/mutuelle-communale-caumont",
    "territory": "/page/commune/84034",
    "explore": "/explore",
}
LIGHTHOUSE = "lighthouse@12.8.2"
CHROMIUM = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
FORMS: dict[str, list[str]] = {"phone": [], "desktop": ["--preset=desktop"]}


def _installed(folder: Path) -> Path:
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), LIGHTHOUSE],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return folder / "node_modules" / ".bin" / "lighthouse"


def _audit(program: Path, url: str, options: list[str]) -> dict[str, Any]:
    done = subprocess.run(
        [
            *(str(program), url, "--quiet", "--output=json", *options),
            f"--chrome-flags={CHROMIUM}",
            "--only-categories=performance,accessibility,best-practices,seo",
        ],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "CHROME_PATH": shutil.which("chromium") or ""},
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """One line a page and form, with what cost points."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("var"))
    home = parser.parse_args().home
    with tempfile.TemporaryDirectory() as folder, servers.ours(home) as (address, _):
        program = _installed(Path(folder))
        for name, path in PAGES.items():
            for form, options in FORMS.items():
                report = _audit(program, address + path, options)
                scores = {
                    key: round(100 * category["score"])
                    for key, category in report["categories"].items()
                }
                amiss = sorted(
                    key
                    for key, audit in report["audits"].items()
                    if audit["score"] is not None
                    and audit["score"] < 0.9
                    and audit["scoreDisplayMode"] in ("binary", "numeric")
                )
                measure.line(f"lighthouse {name} {form}", **scores, amiss=amiss)


if __name__ == "__main__":
    main()

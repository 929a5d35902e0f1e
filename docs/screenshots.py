"""Takes a picture of each type of page, on a phone and on a desk, into docs/images.

Run: python docs/screenshots.py ADDRESS, of a server of the real collection (`make serve`). They are
looked at by a person before they are committed: that is what they are for.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.browser.pages import PAGES

IMAGES = Path(__file__).parent / "images"
SIZES = {"phone": (380, 800), "desk": (1280, 900)}
DARK = ("initiative", "explore")


def main() -> None:
    """One WebP a page and size; of some also one in the dark."""
    address = sys.argv[1].rstrip("/")
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for form, (width, height) in SIZES.items():
            for dark in (False, True):
                page = browser.new_page(
                    viewport={"width": width, "height": height},
                    locale="fr-FR",
                    color_scheme="dark" if dark else "light",
                )
                for name, path in PAGES.items():
                    if not dark or name in DARK:
                        page.goto(address + path, wait_until="networkidle")
                        taken = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
                        suffix = f"{form}-dark" if dark else form
                        taken.save(IMAGES / f"{name}-{suffix}.webp", quality=80, method=6)
        browser.close()


if __name__ == "__main__":
    main()

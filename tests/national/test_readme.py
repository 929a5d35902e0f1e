"""The counts that the README gives are those of the graph that the repository builds."""

from docs import generate

from tests.national.conftest import National


def test_readme_counts_are_those_of_the_release(national: National) -> None:
    """The block of counts in the README is fresh: run `make docs`."""
    text = (generate.ROOT / "README.md").read_text("utf-8")

    assert text == generate.readme(text, national.release.manifest)

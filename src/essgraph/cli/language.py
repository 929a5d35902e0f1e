"""The option that chooses the language of sentences, which two commands share."""

from __future__ import annotations

import click

_LANGUAGES = ("fr", "en")


class _Language(click.ParamType[str]):
    """`fr` or `en`; from the environment also `en_GB.UTF-8`, and French for any other."""

    name = "lang"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The language of a command-line value or of a locale's name."""
        if value in _LANGUAGES:
            return value
        if "_" not in value and "." not in value and value not in ("C", "POSIX"):
            self.fail(f"{value!r} is none of {', '.join(_LANGUAGES)}", param, ctx)
        return "en" if value.startswith("en") else "fr"


language_option = click.option(
    "--lang",
    type=_Language(),
    envvar=["LC_ALL", "LC_MESSAGES", "LANG"],
    default="fr",
    help="Language of the sentences: fr or en.",
)

"""The option that chooses the language of sentences, which two commands share."""

from __future__ import annotations

import click


class _LocaleOption(click.Option):
    """An option that also reads a locale's name, such as `en_GB.UTF-8`, from the environment."""

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """`en` for an English locale, French for any other."""
        value = super().resolve_envvar_value(ctx)
        return None if value is None else "en" if value.startswith("en") else "fr"


language_option = click.option(
    "--lang",
    cls=_LocaleOption,
    type=click.Choice(["fr", "en"]),
    envvar=["LC_ALL", "LC_MESSAGES", "LANG"],
    default="fr",
    help="Language of the sentences.",
)

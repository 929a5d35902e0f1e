"""What is wrong with a value, said to people: French and English."""

from __future__ import annotations

from collections.abc import Mapping

from essgraph.vocab import LANGUAGES

Texts = Mapping[str, str]

_SAID: dict[str, tuple[str, str]] = {
    "missing": ("Ce champ est à remplir.", "This has to be filled in."),
    "long": (
        "Ce texte a {count} caractères ; {most} au plus sont acceptés.",
        "This text has {count} characters; {most} are accepted at most.",
    ),
    "many": (
        "Il y a {count} valeurs ; {most} au plus sont acceptées ici.",
        "There are {count} values; {most} are accepted here at most.",
    ),
    "control": (
        "Ce texte contient un caractère invisible qui n’est pas accepté.",
        "This text has an invisible character that is not accepted.",
    ),
    "date": (
        "Écrivez un jour (05/10/2013), un mois (10/2013) ou une année (2013).",
        "Write a day (2013-10-05), a month (2013-10) or a year (2013).",
    ),
    "order": ("La fin vient avant le début.", "The end comes before the start."),
    "address": (
        "Écrivez une adresse qui commence par http:// ou https://.",
        "Write an address that begins with http:// or https://.",
    ),
    "concept": (
        "« {value} » n’est pas dans la liste : choisissez-y une valeur.",
        "“{value}” is not in the list: choose a value of it.",
    ),
    "homonyms": (
        "Plusieurs portent le nom « {value} » : choisissez.",
        "Several are called “{value}”: choose.",
    ),
    "near": (
        "Rien ne s’appelle exactement « {value} ». Est-ce l’un de ceux-ci ?",
        "Nothing is called exactly “{value}”. Is it one of these?",
    ),
    "nothing": (
        "« {value} » n’est pas dans le graphe.",
        "“{value}” is not in the graph.",
    ),
    "describe": (
        "Si c’est nouveau, décrivez-le plus bas sous le même nom.",
        "If it is new, describe it below under the same name.",
    ),
    "kind": (
        "« {value} » existe, mais c’est autre chose : {other}.",
        "“{value}” exists, but is something else: {other}.",
    ),
    "mended": (
        "Lu {read} : le zéro du début manquait.",
        "Read as {read}: the zero at its beginning was missing.",
    ),
    "slug": (
        "L’adresse n’a que des minuscules sans accent, des chiffres et des traits d’union.",
        "The address has only small letters without accents, digits and hyphens.",
    ),
    "taken": (
        "Une fiche a déjà cette adresse ({value}) : si c’est la même, il n’y a rien à proposer ; "
        "sinon, précisez le nom.",
        "An entry has this address already ({value}): if it is the same, there is nothing to "
        "propose; if not, make the name more precise.",
    ),
    "known": (
        "« {value} » est déjà dans le graphe ({short}) : choisissez-le dans le champ voulu.",
        "“{value}” is in the graph already ({short}): choose it in the field you want.",
    ),
    "unused": (
        "« {value} » n’est nommé dans aucun champ : écrivez ce nom là où il a sa place.",
        "“{value}” is named in no field: write this name where it belongs.",
    ),
    "duplicate": (
        "Même adresse que la ligne {row} : la première est gardée.",
        "Same address as row {row}: the first one is kept.",
    ),
    "apart": (
        "Cette colonne a plus de valeurs qu’il n’y a de nouvelles organisations.",
        "This column has more values than there are new organisations.",
    ),
    "personal": (
        "N’écrivez ni adresse électronique ni téléphone.",
        "Write neither an e-mail address nor a telephone number.",
    ),
}


def say(name: str, **values: object) -> Texts:
    """The sentence of that name in each language, with its values."""
    french, english = _SAID[name]
    spaced = french
    for mark in (" :", " ;", " ?", " »"):
        spaced = spaced.replace(mark, f"\u00a0{mark[1:]}")
    spaced = spaced.replace("« ", "«\u00a0")
    return {"fr": spaced.format(**values), "en": english.format(**values)}


def joined(*texts: Texts) -> Texts:
    """Several sentences as one text."""
    return {lang: " ".join(text[lang] for text in texts) for lang in LANGUAGES}

"""CSV files of the Répertoire national des élus, whichever of its formats they are in.

Shape: separator `;`, `,` or tab, UTF-8 or cp1252, with or without a byte order mark and a line
of title; columns matched by name, apostrophes folded, blanks trimmed. Which officials a file
lists is told by its header. The rows of one file that agree on name, birth date and council are
one official with several functions, and so are those of the files of mayors and councillors.
Units: days are d/m/yyyy or yyyy-mm-dd (a time after it is dropped), never guessed.
Source: https://www.data.gouv.fr/fr/datasets/repertoire-national-des-elus-1/, ministère de
l'Intérieur, Licence Ouverte; headers of 2019 to 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from essgraph.errors import SourceError
from essgraph.sources.edition import Publisher
from essgraph.sources.officials.naming import is_name, ordinary, slug
from essgraph.sources.officials.record import Kind, Record, Rejected, form, without_days
from essgraph.sources.publishers import download, rne_assemblies, rne_functions, rne_table
from essgraph.sources.publishers.officials_bodies import departement_of_section

PUBLISHER = Publisher(
    package="rne",
    slug="repertoire-national-des-elus",
    version="",
    title_fr="Répertoire national des élus",
    title_en="National register of elected officials",
    publisher="Ministère de l’Intérieur",
    url="https://www.data.gouv.fr/fr/datasets/repertoire-national-des-elus-1/",
    licence="Licence Ouverte / Open Licence",
    licence_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    package_licence="",
)

_DAY = (
    (re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?: 00:00:00(?:\+00)?)?"), (1, 2, 3)),
    (re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})"), (3, 2, 1)),
)
_COLUMNS = {
    "family": ("nom de l'élu",),
    "given": ("prénom de l'élu",),
    "born": ("date de naissance", "date de naissancee"),
    "start": ("date de début du mandat",),
    "function": ("libellé de la fonction", "libellé de fonction"),
    "since": ("date de début de la fonction",),
    "departement": ("code du département",),
    "commune": ("code de la commune", "code de la commune de rattachement"),
    "epci": ("n° siren",),
    "canton": ("code du canton",),
    "region": ("code de la région",),
    "section": ("code de la section départementale",),
    "assembly": ("code de la collectivité à statut particulier",),
    "part": ("code de la section - collectivité à statut particulier",),
}
_MOST_UNKNOWN = 0.01
_NEEDED = ("family", "given", "born", "start")
# What a header must have to be of a kind, the most telling first.
_KINDS = (
    ("epci", Kind.EPCI),
    ("canton", Kind.DEPARTEMENTAL),
    ("section", Kind.REGIONAL),
    ("commune", Kind.MUNICIPAL),
)
_OF_SECTOR = "libellé du secteur"


@dataclass(frozen=True)
class File:
    """A file of the register, read; `names` are its columns by what they hold.

    `kind` is None for the assemblies "à statut particulier", which are of several.
    """

    name: str
    digest: str
    kind: Kind | None
    rows: list[list[str]]
    names: dict[str, tuple[int, str]]
    width: int
    first_line: int
    of_mayors: bool

    def column(self, what: str) -> str:
        """What the file calls the column that holds this; "" where it has none."""
        return self.names.get(what, (0, ""))[1]


def open_file(place: str, scratch: Path) -> File:
    """A file by path or by URL; one from the web is kept in `scratch` until the process ends.

    Raises: SourceError for a file that cannot be had, or whose header is of no known kind.
    """
    if place.startswith(("http://", "https://")):
        scratch.mkdir(parents=True, exist_ok=True)
        path = download.from_web(place, scratch / "register.csv")
        name = place.rstrip("/").rpartition("/")[2]
    else:
        path, name = Path(place), Path(place).name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{place}: {error.strerror}") from error
    text = rne_table.decoded(content)
    table, line = rne_table.table(text, name)
    header = [rne_table.folded(column) for column in table[0]]
    if _OF_SECTOR in header:
        raise SourceError(
            f"{name}:{line}: column {_OF_SECTOR!r}: councillors of arrondissements are not read: "
            "the scheme of roles has none for them"
        )
    names = {
        what: (header.index(column), column)
        for what, columns in _COLUMNS.items()
        for column in columns
        if column in header
    }
    for what in _NEEDED:
        if what not in names:
            known = ", ".join(map(repr, table[0]))
            wanted = _COLUMNS[what][0]
            raise SourceError(f"{name}:{line}: column {wanted!r} is missing; there is {known}")
    kind = next((kind for what, kind in _KINDS if what in names), None)
    if "part" in names and "assembly" in names:
        kind = None
    elif kind is None:
        raise SourceError(f"{name}:{line}: no column tells the kind of officials")
    of_mayors = kind is Kind.MUNICIPAL and "function" not in names and "since" in names
    digest = sha256(content).hexdigest()
    return File(name, digest, kind, table[1:], names, len(header), line + 1, of_mayors)


def read(files: list[File]) -> Iterator[Record | Rejected]:
    """The seats that the files tell of, and the rows that cannot be used.

    Raises: SourceError, naming file, line, column and value, for a day of an unknown form, and
    for the first function that is not known where more than 1 % of a file's rows have one such.
    """
    keys: dict[tuple[str, ...], str] = {}
    for file in files:
        unknown: list[Rejected] = []
        rows = 0
        for line, cells in enumerate(file.rows, start=file.first_line):
            if any(cells):
                rows += 1
                record = _record(file, line, cells, keys)
                if isinstance(record, Rejected) and record.column == file.column("function"):
                    unknown.append(record)
                yield record
        if len(unknown) > _MOST_UNKNOWN * rows:
            first = unknown[0]
            raise SourceError(
                f"{first.file}:{first.line}: column {first.column!r}: {first.reason}; "
                f"{len(unknown)} of {rows} rows are so, more than 1 %"
            )


def _record(
    file: File, line: int, cells: list[str], keys: dict[tuple[str, ...], str]
) -> Record | Rejected:
    if len(cells) != file.width:
        raise SourceError(f"{file.name}:{line}: {len(cells)} values, {file.width} expected")

    def value(what: str) -> str:
        return cells[file.names[what][0]].strip() if what in file.names else ""

    def day(what: str) -> str:
        return _day(value(what), f"{file.name}:{line}: column {file.column(what)!r}")

    family, given = ordinary(value("family")), ordinary(value("given"))

    def rejected(what: str, reason: str, place: str) -> Rejected:
        name = f"{given} {family}".strip()
        return Rejected(
            file.name, line, file.column(what), reason, *map(without_days, (name, place))
        )

    departement = value("departement")
    if departement.isdigit():
        departement = departement.zfill(2)
    commune = _commune(value("commune"), departement)
    kind, region, epci = file.kind, value("region").zfill(2), value("epci")
    canton, section = value("canton"), value("section")
    if kind is None:
        code, section = value("assembly"), value("part")
        if code not in rne_assemblies.BODIES:
            return rejected("assembly", "is no assembly with a body in the graph", code)
        kind, place = rne_assemblies.BODIES[code]
        region, epci = (place, "") if kind is Kind.REGIONAL else ("", place)
    place = {
        Kind.MUNICIPAL: commune,
        Kind.EPCI: epci,
        Kind.DEPARTEMENTAL: departement,
    }.get(kind, region)
    for what in ("family", "given"):
        if not is_name(cells[file.names[what][0]]):
            return rejected(what, "is no name", place)
    born = day("born")
    label = value("function")
    known = rne_functions.told if file.kind else rne_assemblies.told
    told = ("maire", 0) if file.of_mayors else known(label, kind)
    if told is None:
        return rejected("function", f"{without_days(label)!r} is not known", place)
    function, rank = told
    if file.kind is Kind.REGIONAL:
        departement = departement_of_section(section)
    elif kind is not Kind.DEPARTEMENTAL:
        departement = ""
    same = (kind, place, canton, slug(family), slug(given), born)
    return Record(
        kind=kind,
        key=keys.setdefault(same, f"{file.name}:{line}"),
        given=given,
        family=family,
        born=born,
        commune=commune,
        epci=epci,
        departement=departement,
        canton=canton.zfill(4) if canton.isdigit() else canton,
        region=region if kind is Kind.REGIONAL else "",
        section=section if kind is Kind.REGIONAL else "",
        start=day("start"),
        function=function,
        function_start=day("since") if "since" in file.names else "",
        rank=rank,
        file=file.name,
        line=line,
    )


def _day(value: str, where: str) -> str:
    if not value:
        return ""
    for pattern, (year, month, day) in _DAY:
        if found := pattern.fullmatch(value):
            try:
                return date(int(found[year]), int(found[month]), int(found[day])).isoformat()
            except ValueError:
                break
    # It may be a birth date, so that its form is told only.
    raise SourceError(f"{where}: {form(value)!r} is no day d/m/yyyy nor yyyy-mm-dd")


def _commune(code: str, departement: str) -> str:
    """The INSEE code of a commune; older files give the three digits within the département."""
    if not code:
        return ""
    if len(code) == 3 and departement:
        return f"{departement[:2]}{code}"
    return code.zfill(5)

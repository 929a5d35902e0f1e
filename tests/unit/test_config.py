"""Settings: where they come from, and what is refused."""

from pathlib import Path

import pytest

from essgraph import config
from essgraph.errors import ConfigError


def test_later_places_win(tmp_path: Path) -> None:
    """Defaults give way to the file, the file to the environment, that to options."""
    file = tmp_path / "essgraph.toml"
    file.write_text('host = "file"\nport = 1\nworkers = 3\n', "utf-8")
    environ = {"ESSGRAPH_PORT": "2", "ESSGRAPH_WORKERS": "5", "OTHER": "x"}

    settings = config.load(environ, file, workers=7, threads=None)

    assert (settings.host, settings.port, settings.workers, settings.threads) == ("file", 2, 7, 4)


def test_paths_are_paths() -> None:
    """A folder given as text becomes a path."""
    assert config.load({"ESSGRAPH_HOME": "/srv/x"}).home == Path("/srv/x")


def test_a_list_is_an_array_or_words(tmp_path: Path) -> None:
    """A list of addresses is a TOML array in the file, words in the environment."""
    file = tmp_path / "essgraph.toml"
    file.write_text('service_allowed = ["https://a.example/sparql"]\n', "utf-8")

    settings = config.load({"ESSGRAPH_LOAD_ALLOWED": "https://a.example/ https://b.example/"}, file)

    assert settings.service_allowed == ("https://a.example/sparql",)
    assert settings.load_allowed == ("https://a.example/", "https://b.example/")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("ESSGRAPH_PROT", "1", "ESSGRAPH_PROT: unknown setting 'prot'"),
        ("ESSGRAPH_PORT", "http", "ESSGRAPH_PORT: port = 'http' is not a whole number"),
        ("ESSGRAPH_PORT", "65536", "port: 65536 is not between 0 and 65535"),
        ("ESSGRAPH_WORKERS", "0", "workers: 0 is less than 1"),
        ("ESSGRAPH_BASE_IRI", "w3id.org/x/", "'w3id.org/x/' is not an http"),
        ("ESSGRAPH_BASE_IRI", "https://x.example", "must be a plain IRI that ends in '/'"),
        ("ESSGRAPH_BASE_IRI", "https://x.example/<a>/", "is not an http(s) IRI: Invalid IRI"),
        ("ESSGRAPH_BASE_IRI", "https://x.example/\n/", "is not an http(s) IRI"),
        ("ESSGRAPH_BASE_IRI", "http://[/", "base_iri: 'http://[/' is not an http(s) IRI"),
        ("ESSGRAPH_BASE_IRI", "https://x.example/?a=/", "must be a plain IRI"),
        ("ESSGRAPH_STORE_URL", "localhost:7878/query", "store_url: 'localhost:7878/query'"),
        (
            "ESSGRAPH_SERVICE_ALLOWED",
            "https://a.example/ b.example",
            "service_allowed: 'b.example'",
        ),
        ("ESSGRAPH_SERVICE_ALLOWED", "https://u:p@a.example/", "has a password or a #"),
        ("ESSGRAPH_LOAD_ALLOWED", "https://a.example/x#y", "load_allowed: 'https://a.example/x#y'"),
        ("ESSGRAPH_QUERY_PROCESSES", "0", "query_processes: 0 is less than 1"),
        ("ESSGRAPH_MAX_RESULT_ROWS", "-1", "max_result_rows: -1 is less than 0"),
    ],
)
def test_a_bad_setting_is_named(variable: str, value: str, said: str) -> None:
    """The error says the place, the setting and the value."""
    with pytest.raises(ConfigError) as raised:
        config.load({variable: value})

    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ontology_dir = 5", "ontology_dir = 5 is not text"),
        ("host = 1", "host = 1 is not text"),
        ('home = ["a"]', "home = ['a'] is not text"),
        ("port = 5000.7", "port = 5000.7 is not a whole number"),
        ("workers = true", "workers = True is not a whole number"),
        ("load_allowed = 1", "load_allowed = 1 is not a list of texts"),
        ("load_allowed = ['x', 1]", "load_allowed = ['x', 1] is not a list of texts"),
        ("page_size = {}", "page_size = {} is not a whole number"),
    ],
)
def test_a_value_of_the_wrong_type_is_named(tmp_path: Path, line: str, said: str) -> None:
    """Nothing in the file is rounded, or made text, without a word."""
    file = tmp_path / "essgraph.toml"
    file.write_text(line, "utf-8")
    with pytest.raises(ConfigError) as raised:
        config.load({}, file)

    assert str(raised.value) == f"{file}: {said}"


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    """TOML that cannot be read stops the start, with its place."""
    file = tmp_path / "essgraph.toml"
    file.write_text("port = \n", "utf-8")

    with pytest.raises(ConfigError, match=r"essgraph\.toml: .*line 1"):
        config.load({}, file)


def test_a_missing_file_that_was_asked_for_is_named() -> None:
    """ESSGRAPH_CONFIG must exist; the default file need not."""
    with pytest.raises(ConfigError, match=r"nowhere\.toml: no such file"):
        config.load({"ESSGRAPH_CONFIG": "nowhere.toml"})

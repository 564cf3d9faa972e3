"""Profiles: every fault names its line, and nothing without a source gets in."""

from importlib.resources import files

import pytest

from checks.profile import ProfileError, parse
from tests.test_machines import MACHINES

TEXT = (MACHINES / "profile.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("minimum_bytes", "minimum_mb", ["hardware.memory.minimum_mb", "clé inconnue", "minimum_bytes"]),
        ("{ value = 4_000_000_000,", '{ value = "4 Go",', ["minimum_bytes", "un nombre entier d'octets", "'4 Go'"]),
        ("{ value = 4_000_000_000,", "{ value = 4.5,", ["minimum_bytes", "un nombre entier d'octets", "4.5"]),
        ("[hardware.memory]", "[hardware.memori]", ["hardware.memori", "contrôle inconnu", "hardware.memory"]),
        ("[school]", "[ecole]", ["ecole", "table inconnue", "school"]),
        ('title = "L\'ENT"', 'titel = "x"', ["titel", "vouliez-vous dire « title »"]),
        ('name = "ressources"', 'name = "ent"', ["service.name", "unique", "'ent'"]),
        ('name = "ressources"', 'name = "Les ressources"', ["service.name", "'Les ressources'"]),
        ('"https://ressources.example.fr/"', '"http://ressources.example.fr/"', ["service.url", "https://"]),
        ('"https://ressources.example.fr/"', '"https://moi:secret@ressources.example.fr/"', ["service.url"]),
        ('["static.example.fr"]', '["static.example.fr:abc"]', ["service.hosts", "illisible"]),
        ("slow_ms = { value = 1000, ", "slow_ms = { value = 1000, unit = 1, ", ["network.dns.slow_ms"]),
        ('slow_ms = { value = 5000, source = "test", read_on = 2026-11-24 }', "slow_ms = 5000", ["porte sa source"]),
        ('{ value = 300_000, source = "test", read_on', "{ value = 300_000, read_on", ["maximum_offset_ms.source"]),
        ('tier = "recommended"', 'tier = "obligatoire"', [".tier", "minimum, recommended"]),
        ("ready_percent = { value = 100", "ready_percent = { value = 101", ["school.ready_percent", "0 à 100"]),
        ("valid_from = 2026-09-01", 'valid_from = "septembre"', ["profile.valid_from", "AAAA-MM-JJ"]),
        ("build = 26200", 'build = "26200"', ["system.release.supported.build", "'26200'"]),
    ],
)
def test_a_fault_names_its_line_and_what_to_do(old: str, new: str, names: list[str]) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    with pytest.raises(ProfileError) as caught:
        parse(text)
    assert caught.value.line == TEXT[: TEXT.index(old)].count("\n") + 1
    for name in names:
        assert name in str(caught.value)


def test_what_is_not_toml_names_its_line() -> None:
    with pytest.raises(ProfileError, match="ligne 3 : ce n'est pas du TOML lisible"):
        parse("[profile]\nid = 'x'\nversion = \n")


@pytest.mark.parametrize("table", ["profile", "school"])
def test_a_missing_table_is_named(table: str) -> None:
    text = TEXT.replace(f"[{table}]", "[[service]]" if table == "x" else f"# [{table}]")
    with pytest.raises(ProfileError):
        parse(text)


def test_a_check_about_services_needs_a_service() -> None:
    text = "\n".join(line for line in TEXT.splitlines())
    start, end = text.index("[[service]]"), text.index("[network.address]")
    with pytest.raises(ProfileError, match=r"network.portal.*\[\[service\]\]"):
        parse(text[:start] + text[end:])


def test_no_more_hosts_than_an_agent_may_ask() -> None:
    hosts = ", ".join(f'"h{i}.example.fr"' for i in range(64))
    with pytest.raises(ProfileError, match="plus de 64 hôtes"):
        parse(TEXT.replace('["static.example.fr"]', f"[{hosts}]"))


def test_the_generic_profile_keeps_the_source_of_each_figure() -> None:
    profile = parse((files("checks") / "profiles" / "generic.toml").read_text(encoding="utf-8"))
    sources = {figure.where: figure.source for figure in profile.figures}
    assert "Microsoft" in sources["hardware.memory.minimum_bytes"]
    assert sources["browser.version.accepted.0"].startswith("https://")

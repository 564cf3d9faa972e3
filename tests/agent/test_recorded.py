"""What programs of this project's own machines printed: GNOME's and KDE's proxies, and wine's Windows."""

import json
from dataclasses import replace
from functools import partial

import pytest

from agent.proxy import SEARCH, Settings, Ways
from agent.proxy_linux import parse_gnome, parse_kde
from agent.tunnel import DIRECT, Way
from agent.win32 import browsers, hardware, system
from agent.win32.wmi import Said
from checks.answers.network import Endpoint
from tests.agent.registry import recorded
from tests.agent.samples import sample
from tests.replay import MACHINES

HTTP, HTTPS = (Way(kind="http", host="proxy.example.fr", port=port) for port in (3128, 3129))
SOCKS = Way(kind="socks", host="socks.example.fr", port=1080)


def gnome(name: str) -> Settings | None:
    return parse_gnome(sample(f"linux/recorded/gnome_proxy_{name}"))


def kde(name: str) -> Settings | None:
    return parse_kde(sample(f"linux/recorded/kde_proxy_{name}"), Settings())


@pytest.mark.parametrize("read", [gnome, kde])
def test_each_scheme_goes_by_its_own_proxy(read: object) -> None:
    """GNOME says `use-same-proxy true` all the same: Firefox and Chromium went by the proxy of https, seen here."""
    found = read("manual")  # type: ignore[operator]
    assert (found.http, found.https) == (HTTP, HTTPS)
    assert found.bypass[0] == "localhost"


@pytest.mark.parametrize("read", [gnome, kde])
def test_socks_serves_what_has_no_proxy(read: object) -> None:
    found = read("socks")  # type: ignore[operator]
    assert (found.http, found.https, found.bypass) == (SOCKS, SOCKS, ())


def test_a_proxy_of_http_alone_serves_https_as_firefox_does() -> None:
    said = sample("linux/recorded/gnome_proxy_manual").replace("https host 'proxy.example.fr'", "https host ''")
    found = parse_gnome(said)
    assert found is not None
    assert found.https == HTTP
    assert parse_gnome(said.replace("use-same-proxy true", "use-same-proxy false")) is not None


def test_kde_can_send_through_its_proxy_only_the_hosts_it_lists() -> None:
    """`ReversedException` turns the list round, in KDE and in Chromium (libproxy/libproxy/issues/311)."""
    said = sample("linux/recorded/kde_proxy_manual")
    for only, straight in (("false", "poste.ecole.example.fr"), ("true", "ent.example.fr")):
        settings = parse_kde(said.replace("ReversedException=false", f"ReversedException={only}"), Settings())
        assert settings is not None
        ways = Ways(settings=partial(replace, settings))
        hosts = ("poste.ecole.example.fr", "ent.example.fr")
        found = {host: ways.choice(Endpoint(host=host, port=443)).ways for host in hosts}
        assert [host for host, way in found.items() if way == (DIRECT,)] == [straight]


def test_scripts_and_none() -> None:
    assert gnome("none") is None
    for found in (gnome("script"), kde("script")):
        assert found is not None
        assert found.script_url == "http://wpad.example.fr/proxy.pac"
    searched = gnome("searched")
    assert searched is not None
    assert searched.script_url == SEARCH


@pytest.mark.parametrize(("language", "number", "keyboard"), [("fr", 0x040C, "azerty"), ("en", 0x0809, "qwerty")])
def test_wines_registry_reads_as_the_agent_read_it(language: str, number: int, keyboard: str) -> None:
    """The same values that the agent met under wine give the answers it then recorded: tests/windows/record.sh."""
    registry = recorded(f"recorded_wine_{language}")
    answers = json.loads((MACHINES / f"windows_wine_{language}.json").read_text("utf-8"))["answers"]
    release = system.parse_release(registry.values(system.CURRENT), bits=64, said=Said(), consumer_esu={})
    assert (release.build, list(release.version)) == (answers["release"]["build"], answers["release"]["version"])
    preload, others = registry.values(system.KEYBOARDS), registry.values(system.SUBSTITUTES)
    found = system.parse_language(number, preload, others)
    assert (found.display, found.keyboard) == (language, keyboard)
    assert answers["language"] == {"display": language, "keyboard": keyboard}
    automatic = system.parse_automatic(registry.values(system.UPDATE_POLICY), registry.values(system.UPDATE_SERVICE))
    assert automatic is answers["updates"]["automatic"]
    processor = hardware.parse_processor(registry.values(hardware.PROCESSOR), cores=2, threads=2, bits=64)
    assert (processor.family, processor.model) == tuple(answers["processor"][name] for name in ("family", "model"))
    assert browsers.read_choice(registry) == ()  # "https": wine's own

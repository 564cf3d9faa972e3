import pytest

from agent import pac
from agent.tunnel import DIRECT, Way

PROXY = Way(kind="http", host="proxy.ecole.test", port=3128)
URLS = ("https://ent.example.fr:443/", "https://www.example.org:443/")


def script(body: str) -> str:
    return f"function FindProxyForURL(url, host) {{ {body} }}"


def test_a_script_is_asked_about_each_address_in_a_child() -> None:
    said = pac.ask(
        script('return dnsDomainIs(host, ".example.fr") ? "DIRECT" : "PROXY proxy.ecole.test:3128; DIRECT";'), URLS
    )
    assert said == [(DIRECT,), (PROXY, DIRECT)]


@pytest.mark.parametrize("text", ["function FindProxyForURL(url, host) { return PROXY", "", "<html>404</html>"])
def test_what_is_no_script_is_invalid(text: str) -> None:
    with pytest.raises(pac.NoAnswer) as refused:
        pac.ask(text, URLS)
    assert refused.value.script == "invalid"


def test_a_script_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pac, "RUN_S", 0.5)
    with pytest.raises(pac.NoAnswer) as given_up:
        pac.ask(script("while (true) {}"), URLS)
    assert given_up.value.script == "endless"

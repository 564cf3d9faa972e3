"""From code to receipt through the proxies of schools: given by hand, by a script, with a login, and with NTLM."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import trustme

from agent import curl
from agent.cli import main
from agent.spool import Spool
from checks.answers.network import Failure
from tests.agent.servers import tcp
from tests.agent.squid import HOST, asked, has_squid, squid
from tests.agent.systems import needs_linux
from tests.conftest import need
from tests.served import Served, reports

pytestmark = needs_linux


@pytest.fixture
def house(tmp_path: Path) -> Path:
    need(has_squid(), "squid, with its fake NTLM helper, stands for the school's proxy")
    return tmp_path / "squid"


@contextmanager
def over_tls(port: int, ca: trustme.CA) -> Iterator[int]:
    """Put TLS in front of a port; yields the port it listens on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(HOST).configure_cert(context)

    def serve(plain: socket.socket) -> None:
        with (
            suppress(OSError),
            context.wrap_socket(plain, server_side=True) as tls,
            socket.create_connection(("127.0.0.1", port)) as to,
        ):
            threading.Thread(target=_pour, args=(to, tls), daemon=True).start()
            _pour(tls, to)

    with tcp(serve) as listening:
        yield listening


def _pour(source: socket.socket, sink: socket.socket) -> None:
    try:
        while part := source.recv(65_536):
            sink.sendall(part)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def from_code_to_receipt(collector: Served, port: int, authority: Path) -> None:
    assert main(["enrol", collector.code(), "--collector", f"https://{HOST}:{port}", "--ca", str(authority)]) == 0
    assert main(["run", "--patience", "0"]) in (0, 10)
    assert len(reports(collector)) == 1


def test_through_a_proxy_given_by_hand(
    house: Path, collector: Served, agent_dir: Path, ca: trustme.CA, trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with collector.up(), over_tls(collector.settings.port, ca) as port, squid(house) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy}")
        from_code_to_receipt(collector, port, trusted)
    assert asked(house) == ["TCP_TUNNEL/200 CONNECT"] * 3


def test_through_a_proxy_that_a_script_names(
    house: Path, collector: Served, agent_dir: Path, ca: trustme.CA, trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with collector.up(), over_tls(collector.settings.port, ca) as port, squid(house) as proxy:
        script = f'function FindProxyForURL(url, host) {{ return "PROXY 127.0.0.1:{proxy}"; }}'.encode()

        def serve(connection: socket.socket) -> None:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + script)

        with tcp(serve) as at:
            monkeypatch.setenv("auto_proxy", f"http://127.0.0.1:{at}/proxy.pac")
            from_code_to_receipt(collector, port, trusted)
    assert asked(house) == ["TCP_TUNNEL/200 CONNECT"] * 3


def test_through_a_proxy_that_wants_a_name_and_a_password(
    house: Path, collector: Served, agent_dir: Path, ca: trustme.CA, trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with collector.up(), over_tls(collector.settings.port, ca) as port, squid(house, "basic") as proxy:
        monkeypatch.setenv("https_proxy", f"http://ecole:secret@127.0.0.1:{proxy}")
        from_code_to_receipt(collector, port, trusted)
    assert asked(house) == ["TCP_TUNNEL/200 CONNECT"] * 3


@pytest.mark.parametrize("secured", [True, False])
def test_through_a_proxy_that_wants_the_sessions_login(
    secured: bool,
    house: Path,
    collector: Served,
    agent_dir: Path,
    ca: trustme.CA,
    trusted: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """NTLM, which the HTTP library does not speak: the system's curl does."""
    need(curl.program() is not None, "the system's curl")
    with collector.up(), over_tls(collector.settings.port, ca) as port, squid(house, "ntlm") as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy}")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy}")
        address = f"https://{HOST}:{port}" if secured else f"http://{HOST}:{collector.settings.port}"
        more = ["--ca", str(trusted)] if secured else []
        assert main(["enrol", collector.code(), "--collector", address, *more]) == 0
        assert main(["run", "--patience", "0"]) in (0, 10)
        assert main(["run", "--patience", "0"]) in (0, 10)
        assert len(reports(collector)) == 2
    assert any("/407" in line for line in asked(house))


def test_curl_refuses_an_unknown_authority_as_we_do(
    house: Path,
    collector: Served,
    agent_dir: Path,
    trusted: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Somebody behind the proxy answers in the collector's place."""
    with collector.up(), over_tls(collector.settings.port, trustme.CA()) as port, squid(house, "ntlm") as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy}")
        code = collector.code()
        assert main(["enrol", code, "--collector", f"https://{HOST}:{port}", "--ca", str(trusted)]) == 75
    assert "certificate_untrusted" in capsys.readouterr().err


def test_without_curl_the_report_waits_and_the_proxy_is_named(
    house: Path, collector: Served, agent_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with collector.up():
        main(["enrol", collector.code(), "--collector", collector.url])
        path = agent_dir / "identity.json"
        path.write_text(path.read_text().replace("127.0.0.1", HOST))
        monkeypatch.setattr(curl, "program", lambda: None)
        with squid(house, "ntlm") as proxy:
            monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy}")
            assert main(["run", "--patience", "0"]) == 75
    assert "le proxy de l'école demande un identifiant" in capsys.readouterr().err
    assert len(Spool(agent_dir)) == 1


@pytest.mark.parametrize(
    ("written", "codes"), [("200 200", (200, 200)), ("000 407", (0, 407)), ("", (0, 0)), ("oui", (0, 0))]
)
def test_what_curl_writes_is_read(written: str, codes: tuple[int, int]) -> None:
    assert curl.parse_codes(written) == codes


def test_only_the_last_head_counts() -> None:
    raw = b"HTTP/1.1 407 Proxy Auth\r\nDate: a\r\n\r\nHTTP/1.1 200 OK\r\nDate: b\r\nPreau-Signature: x:y\r\n\r\n"
    assert curl.parse_head(raw) == {"date": "b", "preau-signature": "x:y"}
    assert curl.parse_head(b"") == {}


@pytest.mark.parametrize("value", ["a\nurl = http://ailleurs", "a\r", "a\0"])
def test_nothing_slips_a_line_into_what_curl_is_asked(value: str) -> None:
    with pytest.raises(curl.Failed):
        curl.quoted(value)


def test_every_failure_curl_names_is_one_of_ours() -> None:
    from checks.answers.network import FAILURES

    named: set[Failure] = set(curl._FAILURES.values())
    assert named <= set(FAILURES)

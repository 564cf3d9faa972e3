"""How are proxies passed that want to know who is logged in (NTLM, Negotiate)? By the curl that Windows and macOS ship.

It answers such proxies with the session's own login, which never passes through Préau. Everything is verified as ever.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks.answers.network import Failure

MAX_ANSWER_BYTES: Final = 4 * 1024 * 1024
_FAILURES: Final[Mapping[int, Failure]] = {
    5: "proxy_unreachable",
    6: "name_unknown",
    7: "refused",
    28: "timeout",
    35: "tls_failed",
    52: "reset",
    56: "reset",
    60: "certificate_untrusted",
    63: "too_large",
    97: "proxy_unreachable",
}
"""What curl's exit codes mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came back: a status, headers by lower-case name, a body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Failed(Exception):
    """curl could not; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure: Failure = failure


def program() -> str | None:
    """Return where the system's curl is; None when it has none (Windows before 10 1803)."""
    if sys.platform == "win32":
        from agent.windows import windows_folder

        found = windows_folder() / "System32" / "curl.exe"
        return str(found) if found.is_file() else None
    return shutil.which("curl", path="/usr/bin:/bin")


def send(
    method: str,
    url: str,
    *,
    proxy: str,
    body: bytes,
    headers: Mapping[str, str],
    extra_ca: Path | None,
    within_s: float,
) -> Came:
    """Send one request through a proxy that asks who is there; raises `Failed`."""
    where = program()
    if where is None:
        raise Failed("proxy_needs_login")
    try:
        with tempfile.TemporaryDirectory(prefix="preau-") as made:
            return _send(where, Path(made), method, url, proxy, body, headers, extra_ca, within_s)
    except (OSError, subprocess.SubprocessError):
        raise Failed("other") from None


def _send(
    where: str,
    folder: Path,
    method: str,
    url: str,
    proxy: str,
    body: bytes,
    headers: Mapping[str, str],
    extra_ca: Path | None,
    within_s: float,
) -> Came:
    sent, head, came = folder / "sent", folder / "head", folder / "came"
    sent.write_bytes(body)
    asked = {
        "url": url,
        "request": method,
        "proxy": proxy,
        "proxy-user": ":",
        "noproxy": "",
        "proto": "=http,https",
        "max-time": str(int(within_s)),
        "max-filesize": str(MAX_ANSWER_BYTES),
        "dump-header": str(head),
        "output": str(came),
        "write-out": "%{http_code} %{http_connect}",
    }
    if body:
        asked["data-binary"] = f"@{sent}"
    if extra_ca is not None:
        asked["cacert"] = str(extra_ca)
    lines = [f"{name} = {quoted(value)}" for name, value in asked.items()]
    lines += [f"header = {quoted(f'{name}: {value}')}" for name, value in {"Expect": "", **headers}.items()]
    lines += ["proxy-anyauth", "silent", "tlsv1.2", "suppress-connect-headers"]
    # What is asked goes in by a pipe: a command line is anybody's to read.
    done = subprocess.run(  # noqa: S603 - the system's own curl
        [where, "--disable", "--config", "-"],
        input="\n".join(lines).encode(),
        capture_output=True,
        timeout=within_s + 5,
        check=False,
    )
    status, connect = parse_codes(done.stdout.decode("ascii", errors="replace"))
    if done.returncode == 0 and status:
        return Came(
            status=status,
            headers=parse_head(head.read_bytes()),
            body=came.read_bytes() if came.exists() else b"",
        )
    raise Failed("proxy_needs_login" if connect == 407 else _FAILURES.get(done.returncode, "other"))


def quoted(value: str) -> str:
    """Write a value for curl's configuration."""
    if any(char in value for char in "\r\n\0"):
        raise Failed("other")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def parse_codes(written: str) -> tuple[int, int]:
    """Read the status of the answer, and of the tunnel; 0 for none."""
    found = re.fullmatch(r"\s*(\d{3}) (\d{3})\s*", written)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def parse_head(raw: bytes) -> dict[str, str]:
    """Read the headers of the last answer: a proxy that asked who is there sent one before it."""
    blocks = [block for block in re.split(rb"\r?\n\r?\n", raw) if block.startswith(b"HTTP/")]
    lines = blocks[-1].decode("latin-1").splitlines()[1:] if blocks else []
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, separator, value in pairs if separator}

"""A real squid on loopback, as a school's proxy: every name is this machine, and it may want to know who is there."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from tests.agent.servers import closed_port

HOST = "collecteur.preau.test"
SQUID = shutil.which("squid", path="/usr/sbin:/usr/bin")
_HELPERS = Path("/usr/lib/squid")
Login = Literal["none", "basic", "ntlm"]


def has_squid() -> bool:
    return SQUID is not None and (_HELPERS / "ntlm_fake_auth").exists()


@contextmanager
def squid(folder: Path, login: Login = "none") -> Iterator[int]:
    """Run squid; yields its port. Its helper for NTLM believes everybody, as Debian ships it for tests."""
    assert SQUID is not None
    folder.mkdir()
    port = closed_port()
    (folder / "hosts").write_text(f"127.0.0.1 {HOST}\n")
    (folder / "squid.conf").write_text(_configuration(folder, port, login))
    _give(folder)
    child = subprocess.Popen(
        [SQUID, "-N", "-f", folder / "squid.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(child, port)
        yield port
    finally:
        child.terminate()
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def asked(folder: Path) -> list[str]:
    """Return what squid was asked, one line each: status and method; connections without a question are left out."""
    lines = (folder / "access.log").read_text().splitlines()
    found = (" ".join(line.split()[3:6:2]) for line in lines)
    return [line for line in found if not line.endswith(" -")]


def _configuration(folder: Path, port: int, login: Login) -> str:
    programs = {
        "basic": f"basic program {_HELPERS}/basic_fake_auth\nauth_param basic realm ecole",
        "ntlm": f"ntlm program {_HELPERS}/ntlm_fake_auth",
    }
    auth = f"auth_param {programs[login]}\nacl known proxy_auth REQUIRED\n" if login != "none" else ""
    return f"""
http_port 127.0.0.1:{port}
pid_filename {folder}/squid.pid
hosts_file {folder}/hosts
cache_log {folder}/cache.log
access_log stdio:{folder}/access.log
coredump_dir {folder}
cache deny all
shutdown_lifetime 0 seconds
{auth}
http_access allow {"known" if login != "none" else "all"}
http_access deny all
"""


def _give(folder: Path) -> None:
    """Let squid's own account write there: started by root, it becomes that one."""
    if os.geteuid() != 0:
        return
    import pwd  # a module that only systems with such accounts have

    proxy = pwd.getpwnam("proxy")
    for path in (folder, *folder.iterdir()):
        os.chown(path, proxy.pw_uid, proxy.pw_gid)
    for parent in folder.parents:
        if parent.stat().st_mode & 0o001 == 0:
            parent.chmod(parent.stat().st_mode | 0o011)


def _wait(child: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        assert child.poll() is None, "squid ended at once"
        assert time.monotonic() < deadline
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return

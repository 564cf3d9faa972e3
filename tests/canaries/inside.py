"""Runs in a machine of its own (host name, cards, files): audits it for real, and writes down all that came of it.

`python -m tests.canaries.inside FOLDER`, as root in new namespaces: `tests/canaries/test_canaries.py` starts it.
In FOLDER/out: what left the workstation, what is stored, what was logged, every page and export, a backup.
"""

import getpass
import json
import logging
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import uvicorn

from collector.app import create_app
from collector.rules import RULES
from collector.store.tokens import add_token
from collector.tables import Token
from tests.canaries.words import CANARIES
from tests.served import UAI, served

TOKEN = "preau_canaries"


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def plant(folder: Path) -> None:
    """Give this machine a name, a card, a user, a wireless network, a serial number: all of them canaries."""
    socket.sethostname(CANARIES["host name"])
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "eth0", "address", CANARIES["MAC address"], "type", "veth", "peer", "name", "eth1")
    run("ip", "address", "add", "192.0.2.9/24", "dev", "eth0")
    run("ip", "link", "set", "eth0", "up")
    run("ip", "link", "set", "eth1", "up")
    home = folder / "home" / CANARIES["user name"]
    profile = home / ".mozilla" / "firefox" / "abc.default"
    profile.mkdir(parents=True)
    (profile / "prefs.js").write_text(f'user_pref("services.sync.username", "{CANARIES["e-mail"]}");\n')
    (profile / "places.sqlite").write_text(f"https://{CANARIES['page visited']}/\n")
    user, full = CANARIES["user name"], CANARIES["full name"]
    put(folder, "/etc/passwd", f"{user}:x:0:0:{full}:{home}:/bin/bash\n")
    put(folder, "/etc/hostname", CANARIES["host name"] + "\n")
    put(folder, "/etc/machine-id", CANARIES["machine id"] + "\n")
    tools = folder / "tools"
    tools.mkdir()
    said = f"Connected to {CANARIES['BSSID']} SSID: {CANARIES['SSID']} Serial: {CANARIES['serial number']}"
    for name in ("iw", "iwgetid", "iwconfig", "nmcli", "dmidecode", "lshw", "hostnamectl", "hostname", "whoami"):
        (tools / name).write_text(f"#!/bin/sh\necho '{said}'\n")
        (tools / name).chmod(0o755)
    dmi = Path("/sys/class/dmi/id")
    if dmi.is_dir():
        run("mount", "-t", "tmpfs", "tmpfs", str(dmi.resolve()))
        for name in ("product_serial", "board_serial", "chassis_serial", "product_uuid"):
            (dmi / name).write_text(CANARIES["serial number"] + "\n")
    secret = f"http://{user}:{CANARIES['proxy password']}@192.0.2.1:3128"
    os.environ.update(
        USER=user, LOGNAME=user, USERNAME=user, HOME=str(home), EMAIL=CANARIES["e-mail"],
        HOSTNAME=CANARIES["host name"], http_proxy=secret, https_proxy=secret, no_proxy="127.0.0.1,localhost",
        PATH=f"{tools}:{os.environ['PATH']}",
    )  # fmt: skip
    assert (socket.gethostname(), getpass.getuser()) == (CANARIES["host name"], user)
    assert CANARIES["MAC address"] in str(psutil.net_if_addrs()["eth0"])
    assert CANARIES["SSID"] in subprocess.run(["iw"], capture_output=True, text=True, check=True).stdout


def put(folder: Path, path: str, text: str) -> None:
    """Have this namespace see another text in a file that exists."""
    if Path(path).exists():
        kept = folder / path.replace("/", "_")
        kept.write_text(text)
        run("mount", "--bind", str(kept), path)


class Wire:
    """Writes down every request that reaches the collector, whole."""

    def __init__(self, app: Any, out: Path) -> None:
        self.app, self.out, self.count = app, out, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        self.count += 1
        file = self.out / f"request-{self.count:03}"
        headers = b"\n".join(b"%s: %s" % pair for pair in scope["headers"])
        file.with_suffix(".head").write_bytes(scope["method"].encode() + b" " + scope["raw_path"] + b"\n" + headers)

        async def heard() -> Any:
            message = await receive()
            with file.with_suffix(".body").open("ab") as body:
                body.write(message.get("body", b""))
            return message

        return await self.app(scope, heard, send)


def main(folder: Path) -> None:
    """Audit, send, look at everything."""
    out = folder / "out"
    for name in ("left", "shown"):
        (out / name).mkdir(parents=True)
    plant(folder)
    logging.basicConfig(filename=out / "collector.log", level=logging.DEBUG, force=True)
    here = served(folder / "collector")
    here.publish((Path(__file__).parents[2] / "checks" / "profiles" / "demonstration.toml").read_text("utf-8"))
    app = create_app(here.settings)
    config = uvicorn.Config(Wire(app, out / "left"), port=here.settings.port, log_config=None, access_log=True)
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    environment = os.environ | {"PREAU_AGENT_DIR": str(folder / "out" / "agent")}
    for command in (("enrol", here.code(), "--collector", here.url), ("run",), ("status",), ("show",)):
        done = subprocess.run(
            [sys.executable, "-m", "agent", "--verbose", *command],
            capture_output=True, text=True, env=environment, timeout=120, check=False,
        )  # fmt: skip
        (out / f"agent-{command[0]}.log").write_text(done.stdout + done.stderr)
        assert done.returncode in (0, 10, 20, 30), done.stderr
    look(here.url, app.state.store, out / "shown")
    server.should_exit = True
    time.sleep(0.5)
    environment = os.environ | {"PREAU_DATA_DIR": str(here.settings.data_dir)}
    for number, command in enumerate(
        (("audit", "list"), ("workstation", "list", UAI), ("backup", str(out / "backup")))
    ):
        done = subprocess.run(
            [sys.executable, "-m", "collector", *command], capture_output=True, text=True, env=environment, check=False
        )
        (out / f"command-{number}.log").write_text(done.stdout + done.stderr)
        assert done.returncode == 0, done.stderr
    shutil.copytree(folder / "collector", out / "stored")


def look(url: str, store: Any, shown: Path) -> None:
    """Fetch every page, export and answer there is, as one who may see everything."""
    import httpx2 as httpx

    row = Token(name="", role="exploitant", place="nation", secret_sha256="", created_at=0)
    store.write(lambda session: add_token(session, TOKEN, row))
    with httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False, timeout=60
    ) as client:
        station = client.get(f"/api/v1/schools/{UAI}/readiness").json()["stations"][0]["id"]
        parts = {"uai": UAI, "id_": "academie:99", "id": station, "name": "preau.css"}
        seen = {}
        for number, ((method, path), _rule) in enumerate(RULES.items()):
            if method == "GET":
                address = re.sub(r"{(\w+)(?::\w+)?}", lambda part: parts.get(part[1], "x"), path)
                answer = client.get(address)
                seen[address] = answer.status_code
                (shown / f"{number:03}").write_bytes(answer.content)
    (shown / "seen.json").write_text(json.dumps(seen))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

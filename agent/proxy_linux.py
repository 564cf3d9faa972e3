"""Where does a Linux workstation write its proxies? On its desktop (GNOME, KDE), else in the environment."""

import ast
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from agent.pac import parse_server
from agent.proxy import SEARCH, Settings
from agent.tunnel import Way

_GSETTINGS_S: Final = 2.0


def settings() -> Settings:
    """Return what browsers go by: the desktop's settings if it has any, else the environment's."""
    suffixes = parse_suffixes(_text(Path("/etc/resolv.conf")))
    environment = parse_environment(os.environ, suffixes)
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    desktop = parse_kde(_text(folder / "kioslaverc"), environment, suffixes)
    return desktop or parse_gnome(_gsettings(), suffixes) or environment


def parse_environment(environ: Mapping[str, str], suffixes: tuple[str, ...] = ()) -> Settings:
    """Read `https_proxy`, `http_proxy`, `all_proxy`, `no_proxy`, and Chromium's `auto_proxy` (empty: look for one)."""

    def said(name: str) -> str:
        return environ.get(name) or environ.get(name.upper(), "")

    bypass = tuple(rule for rule in re.split(r"[,\s]+", said("no_proxy")) if rule)
    if "auto_proxy" in environ:
        url = environ["auto_proxy"].strip() or SEARCH
        return Settings(source="environment", script_url=url, suffixes=suffixes)
    every = parse_server(said("all_proxy")) if said("all_proxy") else None
    https = parse_server(said("https_proxy")) if said("https_proxy") else every
    # CGI programs get the header "Proxy" as HTTP_PROXY: only the small letters are believed, as everywhere.
    http = parse_server(environ.get("http_proxy", "")) if environ.get("http_proxy") else every
    if https is None and http is None:
        return Settings(suffixes=suffixes)
    return Settings(source="environment", https=https, http=http, bypass=bypass, suffixes=suffixes)


def parse_gnome(lines: str, suffixes: tuple[str, ...] = ()) -> Settings | None:
    """Read what `gsettings list-recursively org.gnome.system.proxy` prints; None when it names no proxy."""
    rows = (line.split(" ", 2) for line in lines.splitlines())
    held = {
        f"{row[0].removeprefix('org.gnome.system.proxy').lstrip('.')}.{row[1]}".lstrip("."): _value(row[2])
        for row in rows
        if len(row) == 3
    }
    if held.get("mode") == "auto":
        return Settings(source="desktop", script_url=str(held.get("autoconfig-url") or SEARCH), suffixes=suffixes)
    if held.get("mode") != "manual":
        return None
    http = _server(held.get("http.host"), held.get("http.port"))
    https = _server(held.get("https.host"), held.get("https.port"))
    if (
        held.get("use-same-proxy") is True
    ):  # nobody unsets it: a proxy of https' own goes first, in Firefox and Chromium
        https = https or http
    socks = _server(held.get("socks.host"), held.get("socks.port"), "socks")
    ignored = held.get("ignore-hosts")
    bypass = tuple(str(rule) for rule in ignored) if isinstance(ignored, list) else ()
    found = Settings(source="desktop", https=https or socks, http=http or socks, bypass=bypass, suffixes=suffixes)
    return found if found.https or found.http else None


def parse_kde(text: str, environment: Settings, suffixes: tuple[str, ...] = ()) -> Settings | None:
    """Read KDE's kioslaverc: ProxyType 1 by hand, 2 a script, 3 look for one, 4 the environment's; None for none."""
    part = re.search(r"^\[Proxy Settings\]\s*$(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    held = dict(re.findall(r"^([\w ]+?)(?:\[\$\w+\])?=(.*)$", part[1], re.MULTILINE)) if part else {}
    kind = held.get("ProxyType", "0").strip()
    if kind == "2" and held.get("Proxy Config Script"):
        return Settings(source="desktop", script_url=held["Proxy Config Script"].strip(), suffixes=suffixes)
    if kind == "3":
        return Settings(source="desktop", script_url=SEARCH, suffixes=suffixes)
    if kind == "4":
        return environment
    if kind != "1":
        return None

    def server(name: str) -> Way | None:
        written = held.get(name, "").strip().replace(" ", ":")
        return parse_server(written, "socks" if name == "socksProxy" else "http")

    socks = server("socksProxy")  # serves what has no proxy of its own, as in the desktop's own programs
    https, http = server("httpsProxy") or socks, server("httpProxy") or socks
    bypass = tuple(rule for rule in re.split(r"[,\s]+", held.get("NoProxyFor", "")) if rule)
    if https is None and http is None:
        return None
    only = held.get("ReversedException", "").strip() == "true"
    return Settings(source="desktop", https=https, http=http, bypass=bypass, only=only, suffixes=suffixes)


def parse_suffixes(resolv_conf: str) -> tuple[str, ...]:
    """Read the domains of this network from resolv.conf."""
    found = re.findall(r"^\s*(?:search|domain)\s+(.+)$", resolv_conf, re.MULTILINE)
    names = (name.strip(".") for name in (found[-1].split() if found else ()))
    # A bare top-level domain is nobody's network.
    return tuple(name for name in names if "." in name)


def _server(host: object, port: object, kind: str = "http") -> Way | None:
    return parse_server(f"{host}:{port}", kind) if host and port else None


def _value(text: str) -> object:
    text = {"true": "True", "false": "False"}.get(text.strip(), text.strip().removeprefix("@as "))
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _gsettings() -> str:
    program = shutil.which("gsettings")
    if program is None:
        return ""
    command = [program, "list-recursively", "org.gnome.system.proxy"]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed question
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_GSETTINGS_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""

"""How is this collector set up? From the environment, with defaults that suit a first try."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from collector.refusals import Told


class SettingsError(Told, ValueError):
    """A setting that cannot be used; the message names it and says what is expected, in French."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """Where people may sign in instead of here."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str  # what people call it


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may choose."""

    data_dir: Path  # keys, and the database when it is SQLite
    database_url: str = ""  # SQLAlchemy address; "" means SQLite in the data directory
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""  # what enrolment codes carry; "" means http://host:port
    trusted_proxies: str = ""  # addresses of proxies whose X-Forwarded-For is believed, with commas; "" believes none
    other_address: str = ""  # a second address of this collector, where the test page tries cookies of another site
    control_ca: Path | None = None  # a further CA for the collector's own look at services
    control_minutes: int = 10  # how often it looks
    profile_key_file: Path | None = None  # the profile's own key; None means the collector's
    oidc: Oidc | None = None  # where people may sign in instead of here
    snapshot_s: int = 5  # how old the sums of a territory may be on its page; 0 adds them up for every page
    operator_name: str = ""  # who runs it, as pages say it; "" when nobody said
    operator_contact: str = ""  # where people write to them: an address of any kind, as text

    @property
    def url(self) -> str:
        """Address of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'preau.sqlite'}"

    @property
    def address(self) -> str:
        """Address that workstations are given."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read `PREAU_*`; raises `SettingsError`."""
    home = Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return Settings(
        data_dir=Path(environment.get("PREAU_DATA_DIR") or home / "preau"),
        database_url=environment.get("PREAU_DATABASE_URL", ""),
        host=environment.get("PREAU_HOST", "127.0.0.1"),
        port=_number(environment, "PREAU_PORT", 8080, 1, 65_535),
        public_url=_address(environment, "PREAU_PUBLIC_URL"),
        trusted_proxies=_proxies(environment, "PREAU_TRUSTED_PROXIES"),
        other_address=_address(environment, "PREAU_OTHER_ADDRESS"),
        control_ca=_file(environment, "PREAU_CONTROL_CA"),
        control_minutes=_number(environment, "PREAU_CONTROL_MINUTES", 10, 1, 1440),
        profile_key_file=_file(environment, "PREAU_PROFILE_KEY_FILE"),
        oidc=_oidc(environment),
        snapshot_s=_number(environment, "PREAU_SNAPSHOT_S", 5, 0, 300),
        operator_name=environment.get("PREAU_OPERATOR", "").strip(),
        operator_contact=environment.get("PREAU_OPERATOR_CONTACT", "").strip(),
    )


def _oidc(environment: Mapping[str, str]) -> Oidc | None:
    issuer, client_id = _address(environment, "PREAU_OIDC_ISSUER"), environment.get("PREAU_OIDC_CLIENT_ID", "")
    secret = _file(environment, "PREAU_OIDC_CLIENT_SECRET_FILE")
    if not issuer:
        return None
    if not client_id or secret is None:
        raise SettingsError("PREAU_OIDC_ISSUER demande aussi PREAU_OIDC_CLIENT_ID et PREAU_OIDC_CLIENT_SECRET_FILE")
    if issuer.startswith("http://") and urlsplit(issuer).hostname not in ("127.0.0.1", "::1", "localhost"):
        raise SettingsError(f"PREAU_OIDC_ISSUER : une adresse https://… est attendue, pas {issuer!r}")
    name = environment.get("PREAU_OIDC_NAME", "").strip() or str(urlsplit(issuer).hostname)
    text = secret.read_text(encoding="utf-8").strip()
    return Oidc(issuer=issuer, client_id=client_id, client_secret=text, name=name)


def _number(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environment.get(name, str(default))
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise SettingsError(f"{name} : un nombre de {least} à {most} est attendu, pas {text!r}")
    return int(text)


def _address(environment: Mapping[str, str], name: str) -> str:
    text = environment.get(name, "")
    if text and not text.startswith(("https://", "http://")):
        raise SettingsError(f"{name} : une adresse https://… est attendue, pas {text!r}")
    return text


def _proxies(environment: Mapping[str, str], name: str) -> str:
    text = environment.get(name, "")
    for one in filter(None, (part.strip() for part in text.split(","))):
        try:
            ip_network(one)
        except ValueError:
            raise SettingsError(
                f"{name} : des adresses ou des réseaux séparés par des virgules sont attendus, pas {one!r}"
            ) from None
    return text.replace(" ", "")


def _file(environment: Mapping[str, str], name: str) -> Path | None:
    text = environment.get(name, "")
    if text and not Path(text).is_file():
        raise SettingsError(f"{name} : le fichier {text!r} n'existe pas")
    return Path(text) if text else None

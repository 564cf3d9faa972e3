"""What does only WMI know? One call of PowerShell for all of it; no answer reads as nothing known, never as "no"."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

WITHIN_S: Final = 8.0
"""How long PowerShell may take: on an old hard disk it needs several seconds to start."""
ESU_IDS: Final = (
    "f520e45e-7413-4a34-a497-d2765967d094",
    "1043add5-23b1-4afb-9a0f-64343c8f3f8d",
    "83d49986-add3-41d7-ba33-87c7bfb5c0fb",
)
"""Activation IDs of Windows 10's three years of ESU, from learn.microsoft.com, "Enable Extended Security Updates"."""
_SCRIPT: Final = """\
$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue'
$said = @{ preau = 1 }
try { $said.antivirus = @(Get-CimInstance -Namespace root/SecurityCenter2 -ClassName AntiVirusProduct |
  ForEach-Object { [int]$_.productState }) } catch { }
try { $said.firewall = @(Get-CimInstance -Namespace root/SecurityCenter2 -ClassName FirewallProduct |
  ForEach-Object { [int]$_.productState }) } catch { }
try { $u = (New-Object -ComObject Microsoft.Update.AutoUpdate).Results
  $said.installed = '{0:s}' -f $u.LastInstallationSuccessDate
  $said.looked_for = '{0:s}' -f $u.LastSearchSuccessDate } catch { }
try { $said.duplex = @(Get-CimInstance -Namespace root/StandardCimv2 -ClassName MSFT_NetAdapter `
    -Filter 'HardwareInterface=TRUE' | Where-Object { $null -ne $_.FullDuplex } |
  ForEach-Object { [int]$_.InterfaceIndex; [int]$_.FullDuplex }) } catch { }
ESU
ConvertTo-Json -Compress -InputObject $said
"""
_ASK_ESU: Final = """\
try { $said.esu = @(Get-CimInstance -ClassName SoftwareLicensingProduct -Property ID, LicenseStatus -Filter "IDS" |
  ForEach-Object { [int]$_.LicenseStatus }) } catch { }"""
_CREATE_NO_WINDOW: Final = 0x08000000


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What WMI said; None or "" for what it did not say."""

    antivirus: tuple[int, ...] | None = None  # productState of each antivirus the Security Centre knows
    firewall: tuple[int, ...] | None = None  # the same, of firewalls other than Windows' own
    esu: bool | None = None  # paid updates of Windows 10 are active
    installed: str = ""  # when updates were last installed, UTC
    looked_for: str = ""
    duplex: Mapping[int, bool] = field(default_factory=dict)  # by a card's number: it sends and receives at once


def ask(powershell: Path, *, esu: bool, run: Callable[..., Any] = subprocess.run) -> Said:
    """Ask PowerShell once; everything is unknown when it is absent, forbidden, slow, empty or odd."""
    filters = " OR ".join(f"ID='{one}'" for one in ESU_IDS)
    script = _SCRIPT.replace("ESU", _ASK_ESU.replace("IDS", filters) if esu else "")
    encoded = base64.b64encode(script.encode("utf-16-le")).decode("ascii")
    command = [str(powershell), "-NoProfile", "-NonInteractive", "-NoLogo", "-EncodedCommand", encoded]
    flags = {"creationflags": _CREATE_NO_WINDOW} if sys.platform == "win32" else {}
    try:
        done = run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=WITHIN_S, check=False, **flags)
    except (OSError, subprocess.SubprocessError):
        return Said()
    return parse_said(done.stdout)


def parse_said(output: bytes) -> Said:
    """Read the one line PowerShell prints, ASCII only; its return code says nothing."""
    try:
        said = json.loads(output.decode("ascii").strip())
    except ValueError:
        return Said()
    if not isinstance(said, dict) or said.get("preau") != 1:
        return Said()
    licences = _numbers(said.get("esu"))
    return Said(
        antivirus=_numbers(said.get("antivirus")),
        firewall=_numbers(said.get("firewall")),
        esu=None if licences is None else 1 in licences,  # LicenseStatus 1: licensed
        installed=_words(said.get("installed")),
        looked_for=_words(said.get("looked_for")),
        duplex=_pairs(_numbers(said.get("duplex"))),
    )


def _pairs(said: tuple[int, ...] | None) -> dict[int, bool]:
    """Read numbers of cards, each followed by 1 for full duplex and 0 for half; what is odd says nothing."""
    if said is None or len(said) % 2:
        return {}
    return {card: bool(full) for card, full in zip(said[::2], said[1::2], strict=True) if full in (0, 1)}


def _numbers(said: Any) -> tuple[int, ...] | None:
    if isinstance(said, dict) and said.keys() == {"value", "Count"}:
        said = said["value"]  # as PowerShell 5.1 writes some lists: github.com/PowerShell/PowerShell/issues/5579
    if not isinstance(said, list) or not all(isinstance(one, int) and not isinstance(one, bool) for one in said):
        return None
    return tuple(said)


def _words(said: Any) -> str:
    return said if isinstance(said, str) else ""

"""What does the Linux kernel say of the machine? Pure readings of /proc, /sys and xrandr."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from checks.answers.hardware import Cameras, Firmware, Processor, Screen, Sound

_MAKERS: Final = {"GenuineIntel": "intel", "AuthenticAMD": "amd", "0x51": "qualcomm", "0x61": "apple"}
"""x86 vendors, and ARM implementers (0x51 is Qualcomm, 0x61 Apple)."""
_NOMINAL: Final = re.compile(r"@ (\d{1,2}\.\d{1,2})GHz", re.ASCII)
_PCM: Final = re.compile(r"^\d+-\d+: (.*)$", re.MULTILINE)
_CONNECTED: Final = re.compile(r"^\S+ connected (primary )?(\d{1,5})x(\d{1,5})\+\d+\+\d+", re.MULTILINE | re.ASCII)


def parse_processor(cpuinfo: str, machine: str, maximum_khz: str) -> Processor:
    """Read /proc/cpuinfo, the kernel's name of the machine ("x86_64") and cpufreq's highest frequency."""
    blocks = [_pairs(block) for block in re.split(r"\n\s*\n", cpuinfo)]
    processors = [block for block in blocks if "processor" in block] or [{}]
    first = processors[0]
    x86 = machine in ("x86_64", "amd64") or re.fullmatch("i[3-6]86", machine) is not None
    arm = machine.startswith(("arm", "aarch64"))
    maker: Any = _MAKERS.get(first.get("vendor_id") or first.get("CPU implementer", ""), "other")
    long_mode = "lm" in first.get("flags", "").split()
    bits: Any = 64 if machine in ("x86_64", "amd64", "aarch64", "arm64") or long_mode else 32 if x86 else None
    cores = {(block.get("physical id"), block.get("core id")) for block in processors if "core id" in block}
    khz, mhz = _whole(maximum_khz), _whole(first.get("cpu MHz", ""))
    nominal = _NOMINAL.search(first.get("model name", ""))
    return Processor(
        maker=maker,
        architecture="x86" if x86 else "arm" if arm else "other",
        bits=bits,
        family=_whole(first.get("cpu family", "")) if x86 else None,
        model=_whole(first.get("model", "")) if x86 else None,
        stepping=_whole(first.get("stepping", "")) if x86 else None,
        cores_count=len(cores) or None,
        threads_count=len(processors),
        # "cpu MHz" is what it runs at just now: a processor that rests says half of what it can do.
        maximum_mhz=(khz or 0) // 1000 or max(mhz or 0, round(float(nominal[1]) * 1000) if nominal else 0) or None,
    )


def _pairs(block: str) -> dict[str, str]:
    parted = (line.partition(":") for line in block.splitlines())
    return {name.strip(): value.strip() for name, colon, value in parted if colon}


def _whole(text: str) -> int | None:
    found = re.match(r"\s*(\d{1,9})(?!\d)", text, re.ASCII)
    return int(found[1]) if found else None


def parse_xrandr(said: str) -> tuple[Screen, ...]:
    """Read the screens that `xrandr --current` says are in use."""
    return tuple(
        Screen(width_px=int(width), height_px=int(height), scale_percent=None, main=bool(primary))
        for primary, width, height in _CONNECTED.findall(said)
    )


def parse_connectors(connectors: Iterable[tuple[str, str, str]]) -> tuple[Screen, ...]:
    """Read DRM connectors, each (status, enabled, modes): the first mode is the screen's own, whatever is shown."""
    found = []
    for status, enabled, modes in connectors:
        size = re.match(r"(\d{1,5})x(\d{1,5})", modes, re.ASCII)
        if status.strip() == "connected" and enabled.strip() == "enabled" and size:
            found.append((int(size[1]), int(size[2])))
    return tuple(
        Screen(width_px=width, height_px=height, scale_percent=None, main=number == 0)
        for number, (width, height) in enumerate(found)
    )


def parse_sound(pcm: str) -> Sound:
    """Count ways out and in of /proc/asound/pcm; HDMI and DisplayPort lead to a screen."""
    lines = _PCM.findall(pcm)
    out = [line for line in lines if ": playback" in line]
    by_screen = [line for line in out if re.search("hdmi|displayport", line, re.IGNORECASE)]
    return Sound(
        outputs_count=len(out) - len(by_screen),
        screen_outputs_count=len(by_screen),
        inputs_count=sum(": capture" in line for line in lines),
    )


def parse_cameras(nodes: Iterable[tuple[str, str]]) -> Cameras:
    """Count video4linux nodes, each (index, driver): a camera has several, of which 0 takes images; codecs are none."""
    count = sum(index.strip() == "0" and not re.search("codec|loopback", driver) for index, driver in nodes)
    return Cameras(cameras_count=count, allowed=None)


def parse_firmware(*, efi: bool, secure_boot: bytes | None, tpm_versions: Mapping[str, str]) -> Firmware:
    """Read how the system was started, the SecureBoot variable (4 bytes of attributes, then 1 of value) and TPMs."""
    state: Any = None
    if efi and secure_boot is None:
        state = "absent"
    elif efi and secure_boot is not None and len(secure_boot) == 5:
        state = {0: "off", 1: "on"}.get(secure_boot[4])
    majors = {version.strip() for version in tpm_versions.values()}
    tpm: Any = "2.0" if "2" in majors else "1.2" if "1" in majors else None if majors else "absent"
    return Firmware(starts_by="uefi" if efi else "bios", secure_boot=state, tpm=tpm)

"""What do `sysctl` and `system_profiler` say of a Mac? Pure readings; no Mac has said them to us yet."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from checks.answers.hardware import Cameras, Processor, Screen, Sound

SYSCTLS: Final = (
    "hw.cpu64bit_capable",
    "hw.cpufrequency_max",
    "hw.logicalcpu",
    "hw.optional.arm64",
    "hw.physicalcpu",
    "machdep.cpu.family",
    "machdep.cpu.model",
    "machdep.cpu.stepping",
    "machdep.cpu.vendor",
)
"""What is asked of the kernel; each Mac knows some of them."""
PROFILES: Final = ("SPDisplaysDataType", "SPAudioDataType", "SPCameraDataType")
"""What is asked of system_profiler, in one call: each takes a good part of a second."""
_MADE_BY_PROGRAMS: Final = ("coreaudio_device_type_virtual", "coreaudio_device_type_aggregate")
"""Sound devices that a program makes, as those for video calls do: nobody hears or speaks by them."""
_SIZE: Final = re.compile(r"(\d{1,5}) ?x ?(\d{1,5})", re.ASCII)


def parse_processor(said: str) -> Processor:
    """Read what `sysctl` prints, one "name: value" a line."""
    held = dict(re.findall(r"^([\w.]+): (.*?)\s*$", said, re.MULTILINE))

    def number(name: str) -> int | None:
        value = held.get(name, "")
        return int(value) if re.fullmatch(r"\d{1,12}", value, re.ASCII) else None

    arm = number("hw.optional.arm64") == 1
    hertz = number("hw.cpufrequency_max")
    maker: Any = "apple" if arm else {"GenuineIntel": "intel"}.get(held.get("machdep.cpu.vendor", ""), "other")
    return Processor(
        maker=maker,
        architecture="arm" if arm else "x86",
        bits=64 if arm or number("hw.cpu64bit_capable") == 1 else None,
        family=None if arm else number("machdep.cpu.family"),
        model=None if arm else number("machdep.cpu.model"),
        stepping=None if arm else number("machdep.cpu.stepping"),
        cores_count=number("hw.physicalcpu"),
        threads_count=number("hw.logicalcpu") or number("hw.physicalcpu") or 1,
        maximum_mhz=hertz // 1_000_000 if hertz else None,
    )


def parse_screens(said: str) -> tuple[Screen, ...]:
    """Read the screens switched on, their true points and what a page sees of them."""
    return tuple(filter(None, map(_screen, _items(said, "SPDisplaysDataType"))))


def _screen(item: dict[str, Any]) -> Screen | None:
    true, seen = (_size(item.get(name)) for name in ("_spdisplays_pixels", "_spdisplays_resolution"))
    true = true or seen
    if true is None or item.get("spdisplays_online") == "spdisplays_no":
        return None
    scale = round(true[0] * 100 / seen[0]) if seen and seen[0] else None
    main = item.get("spdisplays_main") == "spdisplays_yes"
    return Screen(width_px=true[0], height_px=true[1], scale_percent=scale, main=main)


def _size(value: object) -> tuple[int, int] | None:
    found = _SIZE.search(value) if isinstance(value, str) else None
    return (int(found[1]), int(found[2])) if found else None


def parse_sound(said: str) -> Sound:
    """Count devices with a way out or in; those by HDMI or DisplayPort are a screen's, and programs' own are none."""
    named = [item for item in _items(said, "SPAudioDataType") if isinstance(item.get("_name"), str)]
    devices = [item for item in named if item.get("coreaudio_device_transport") not in _MADE_BY_PROGRAMS]
    out = [item for item in devices if _count(item, "coreaudio_device_output")]
    by_screen = [item for item in out if re.search("hdmi|displayport", str(item.get("coreaudio_device_transport")))]
    return Sound(
        outputs_count=len(out) - len(by_screen),
        screen_outputs_count=len(by_screen),
        inputs_count=sum(_count(item, "coreaudio_device_input") for item in devices),
    )


def _count(item: dict[str, Any], name: str) -> bool:
    value = item.get(name)
    return isinstance(value, int) and value > 0


def parse_cameras(said: str) -> Cameras:
    """Count cameras but those of telephones, which leave with their owners.

    Whether a program may use one is asked of each program, and not told to others.
    """
    cameras = [item for item in _items(said, "SPCameraDataType") if "_name" in item]
    phones = sum(str(item.get("spcamera_model-id")).startswith(("iPhone", "iPad")) for item in cameras)
    return Cameras(cameras_count=len(cameras) - phones, allowed=None)


def _items(said: str, kind: str) -> Iterator[dict[str, Any]]:
    """Yield every table below one answer of system_profiler: screens stand in those of their graphics card."""
    try:
        todo = [json.loads(said)[kind]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    while todo:
        one = todo.pop(0)
        if isinstance(one, dict):
            yield one
        todo.extend(one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())

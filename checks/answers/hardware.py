"""What may a workstation say of what it is made of?"""

from dataclasses import dataclass
from typing import Literal

from checks.answers import STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Working memory, as the system counts it (what firmware and graphics keep is left out)."""

    __pydantic_config__ = STRICT

    total_bytes: int
    available_bytes: int  # what a new program could have now


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """The volume the operating system is on."""

    __pydantic_config__ = STRICT

    total_bytes: int
    free_bytes: int  # free for an ordinary user


@dataclass(frozen=True, slots=True, kw_only=True)
class Processor:
    """The processor, by its maker's numbers: never its serial number."""

    __pydantic_config__ = STRICT

    maker: Literal["intel", "amd", "qualcomm", "apple", "other"]
    architecture: Literal["x86", "arm", "other"]
    bits: Literal[32, 64] | None  # what it can, whatever the system is; None when it cannot be told
    family: int | None  # x86 only: family, model and stepping as CPUID gives them (base and extended added up)
    model: int | None
    stepping: int | None
    cores_count: int | None  # physical; None when it cannot be told
    threads_count: int  # what the system can run at the same time
    maximum_mhz: int | None  # nominal or highest, as the system says; None when it does not


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One screen switched on."""

    __pydantic_config__ = STRICT

    width_px: int  # true points, scaling undone
    height_px: int
    scale_percent: int | None  # how much larger things are drawn (100, 125, 150); None when it cannot be told
    main: bool  # the one where programs open


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Ways for sound to come out and in; nothing is ever played or heard."""

    __pydantic_config__ = STRICT

    outputs_count: int  # loudspeakers, headphone sockets, USB headsets
    screen_outputs_count: int | None  # through HDMI or DisplayPort; None when the system counts them with the others
    inputs_count: int  # microphones and their sockets


@dataclass(frozen=True, slots=True, kw_only=True)
class Cameras:
    """Cameras plugged in; none is ever opened."""

    __pydantic_config__ = STRICT

    cameras_count: int
    allowed: bool | None  # the system lets programs of this session use them; None when it cannot be told


@dataclass(frozen=True, slots=True, kw_only=True)
class Firmware:
    """What a new system would ask of the machine's firmware."""

    __pydantic_config__ = STRICT

    starts_by: Literal["uefi", "bios"] | None  # how this system was started; bios also when UEFI imitates it
    secure_boot: Literal["on", "off", "absent"] | None  # absent: the firmware does not offer it; None: cannot be told
    tpm: Literal["2.0", "1.2", "absent"] | None  # seen by the system (it may be switched off); None: cannot be told

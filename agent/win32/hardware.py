"""What is this PC made of? Processor and firmware, ways for sound and pictures; read without an administrator."""

import ctypes
import re
from typing import Any, Final, Literal

from agent.win32.libraries import library
from agent.win32.registry import Registry, Values, number, text
from checks.answers.hardware import Cameras, Firmware, Processor, Sound

PROCESSOR: Final = r"HKLM\HARDWARE\DESCRIPTION\System\CentralProcessor\0"
SECURE_BOOT: Final = r"HKLM\SYSTEM\CurrentControlSet\Control\SecureBoot\State"
CAMERA_POLICY: Final = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\AppPrivacy"
_CONSENT: Final = r"SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"
CAMERA_CONSENTS: Final = (f"HKLM\\{_CONSENT}", f"HKCU\\{_CONSENT}", f"HKCU\\{_CONSENT}\\NonPackaged")
"""What every program, this account, and its programs that do not come from the store (browsers) may do."""
_TPM_ABSENT: Final = 0x8028400F
_VIDEO_CAMERA: Final = "{E5323777-F976-4F5B-9B55-B94699C46E44}"
"""KSCATEGORY_VIDEO_CAMERA: cameras, and neither scanners nor capture cards."""

Starts = Literal["uefi", "bios"] | None
Tpm = Literal["2.0", "1.2", "absent"] | None


def parse_processor(key: Values, *, cores: int | None, threads: int, bits: Literal[32, 64]) -> Processor:
    """Read the processor from its key: "Intel64 Family 6 Model 142 Stepping 10", maker and frequency."""
    identifier = text(key, "Identifier")
    numbers = re.search(r"Family (\d+) Model (\d+) Stepping (\d+)", identifier)
    is_arm = identifier.upper().startswith("ARM")
    family, model, stepping = map(int, numbers.groups()) if numbers and not is_arm else (None, None, None)
    return Processor(
        maker=_maker(text(key, "VendorIdentifier")),
        architecture="arm" if is_arm else "x86" if numbers else "other",
        bits=64 if bits == 64 else None,
        family=family,
        model=model,
        stepping=stepping,
        cores_count=cores,
        threads_count=threads,
        maximum_mhz=number(key, "~MHz"),
    )


def _maker(vendor: str) -> Literal["intel", "amd", "qualcomm", "other"]:
    if vendor == "GenuineIntel":
        return "intel"
    if vendor == "AuthenticAMD":
        return "amd"
    return "qualcomm" if vendor.lower().startswith("qualcomm") else "other"


def read_firmware(registry: Registry, *, starts_by: Starts, tpm: Tpm) -> Firmware:
    """Read whether secure boot is on, beside how this system was started and which TPM it has."""
    if starts_by != "uefi":
        return Firmware(starts_by=starts_by, secure_boot=None, tpm=tpm)
    state = number(registry.values(SECURE_BOOT), "UEFISecureBootEnabled")
    secure_boot: Any = {None: None, 0: "off", 1: "on"}.get(state)
    return Firmware(starts_by=starts_by, secure_boot=secure_boot, tpm=tpm)


def parse_camera_consent(policy: Values, consents: tuple[Values, ...]) -> bool | None:
    """Tell whether programs of this session may use a camera; None when the system does not say."""
    if number(policy, "LetAppsAccessCamera") == 2:  # 2: force deny
        return False
    said = [text(one, "Value").lower() for one in consents]
    if "deny" in said:
        return False
    return True if "allow" in said else None


def parse_tpm(result: int, version: int) -> Tpm:
    """Read what Tbsi_GetDeviceInfo answers."""
    if result == _TPM_ABSENT:
        return "absent"
    known: dict[int, Tpm] = {1: "1.2", 2: "2.0"}
    return known.get(version) if result == 0 else None


def parse_interfaces(listed: str) -> int:
    r"""Count devices in a list of interfaces "\\?\usb#vid_…#instance#{class}\…": those of one device are one."""
    devices = {"#".join(one.lower().split("#")[:3]) for one in listed.split("\0") if "#" in one}
    return len({re.sub(r"&mi_[0-9a-f]{2}", "", one) for one in devices})


def starts_by() -> Starts:
    """Ask how this system was started."""
    kind = ctypes.c_uint(0)
    try:
        answered = library("kernel32").GetFirmwareType(ctypes.byref(kind))
    except (OSError, AttributeError):
        return None
    known: dict[int, Starts] = {1: "bios", 2: "uefi"}
    return known.get(kind.value) if answered else None


def tpm() -> Tpm:
    """Ask which TPM there is."""
    info = (ctypes.c_uint32 * 4)(1, 0, 0, 0)  # TPM_DEVICE_INFO: structure, TPM version, interface, revision
    try:
        result = library("tbs").Tbsi_GetDeviceInfo(ctypes.sizeof(info), ctypes.byref(info))
    except (OSError, AttributeError):
        return None
    return parse_tpm(result & 0xFFFFFFFF, info[1])


def sound() -> Sound:
    """Count ways out and in; Windows counts screens with the others."""
    winmm = library("winmm")
    return Sound(
        outputs_count=winmm.waveOutGetNumDevs(), screen_outputs_count=None, inputs_count=winmm.waveInGetNumDevs()
    )


def cameras(registry: Registry, *, session: bool) -> Cameras | None:
    """Count cameras, and read whether they may be used; None when the system does not list its cameras."""
    listed = _camera_interfaces()
    if listed is None:
        return None
    allowed = None
    if session:
        consents = tuple(map(registry.values, CAMERA_CONSENTS))
        allowed = parse_camera_consent(registry.values(CAMERA_POLICY), consents)
    return Cameras(cameras_count=parse_interfaces(listed), allowed=allowed)


def _camera_interfaces() -> str | None:
    try:
        cfgmgr = library("cfgmgr32")
        kind = (ctypes.c_byte * 16)()
        if library("ole32").CLSIDFromString(_VIDEO_CAMERA, ctypes.byref(kind)):
            return None
        length = ctypes.c_ulong(0)
        if cfgmgr.CM_Get_Device_Interface_List_SizeW(ctypes.byref(length), ctypes.byref(kind), None, 0):
            return None
        listed = ctypes.create_unicode_buffer(max(length.value, 1))
        if cfgmgr.CM_Get_Device_Interface_ListW(ctypes.byref(kind), None, listed, length, 0):
            return None
    except (OSError, AttributeError):
        return None
    return str(listed[:])

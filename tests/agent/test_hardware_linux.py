"""What the Linux kernel says of the machine, read from samples."""

import pytest

from agent import hardware_linux as linux
from checks.answers.hardware import Cameras, Firmware, Sound
from tests.agent.samples import sample


def test_a_server_a_netbook_and_a_raspberry_each_say_what_they_are() -> None:
    epyc = linux.parse_processor(sample("linux/debian_12/cpuinfo"), "x86_64", "")
    assert (epyc.maker, epyc.family, epyc.model, epyc.stepping, epyc.bits) == ("amd", 25, 17, 1, 64)
    assert (epyc.cores_count, epyc.threads_count, epyc.maximum_mhz) == (1, 1, 2596)  # the sample holds one of two
    atom = linux.parse_processor(sample("linux/portable/cpuinfo_atom"), "i686", "1600000\n")
    assert (atom.maker, atom.architecture, atom.bits) == ("intel", "x86", 32)
    assert (atom.cores_count, atom.threads_count, atom.maximum_mhz) == (1, 2, 1600)
    pi = linux.parse_processor(sample("linux/portable/cpuinfo_raspberry"), "aarch64", "1500000")
    assert (pi.maker, pi.architecture, pi.bits, pi.family) == ("other", "arm", 64, None)
    assert (pi.cores_count, pi.threads_count, pi.maximum_mhz) == (None, 2, 1500)


def test_a_processor_that_says_nothing_is_none_that_we_know() -> None:
    nothing = linux.parse_processor("", "riscv64", "")
    assert (nothing.maker, nothing.architecture, nothing.bits) == ("other", "other", None)
    assert (nothing.cores_count, nothing.threads_count, nothing.maximum_mhz) == (None, 1, None)
    odd = linux.parse_processor("processor : 0\ncpu family : six\nmodel : -3\ncpu MHz : fast\n", "x86_64", "2³")
    assert (odd.family, odd.model, odd.maximum_mhz) == (None, None, None)


def test_the_screens_of_a_session_are_those_in_use() -> None:
    found = linux.parse_xrandr(sample("linux/portable/xrandr"))
    assert [(s.width_px, s.height_px, s.main) for s in found] == [(1366, 768, False), (1920, 1080, True)]
    assert linux.parse_xrandr("Can't open display") == ()


def test_without_a_session_a_screen_is_as_large_as_its_own_first_mode() -> None:
    found = linux.parse_connectors(
        [
            ("connected\n", "enabled\n", "1366x768\n1280x720\n"),
            ("connected\n", "disabled\n", "800x600\n"),
            ("disconnected\n", "disabled\n", ""),
            ("connected\n", "enabled\n", ""),
        ]
    )
    assert [(s.width_px, s.height_px, s.main) for s in found] == [(1366, 768, True)]


def test_ways_out_by_a_screen_are_counted_apart() -> None:
    laptop = linux.parse_sound(sample("linux/portable/asound_pcm"))
    assert laptop == Sound(outputs_count=1, screen_outputs_count=2, inputs_count=1)
    silent = linux.parse_sound(sample("linux/portable/asound_pcm_no_speaker"))
    assert silent == Sound(outputs_count=0, screen_outputs_count=1, inputs_count=0)
    assert linux.parse_sound("") == Sound(outputs_count=0, screen_outputs_count=0, inputs_count=0)


def test_a_camera_is_one_however_many_nodes_it_has() -> None:
    webcam = [("0\n", "/sys/bus/usb/drivers/uvcvideo"), ("1\n", "/sys/bus/usb/drivers/uvcvideo")]
    codec = [("0\n", "/sys/bus/platform/drivers/bcm2835-codec")]
    assert linux.parse_cameras([*webcam, *codec]) == Cameras(cameras_count=1, allowed=None)
    assert linux.parse_cameras([]) == Cameras(cameras_count=0, allowed=None)


ATTRIBUTES = b"\x06\x00\x00\x00"


@pytest.mark.parametrize(
    ("efi", "variable", "tpms", "starts_by", "secure_boot", "tpm"),
    [
        (True, ATTRIBUTES + b"\x01", {"tpm0": "2\n"}, "uefi", "on", "2.0"),
        (True, ATTRIBUTES + b"\x00", {"tpm0": "1\n"}, "uefi", "off", "1.2"),
        (True, None, {}, "uefi", "absent", "absent"),
        (True, b"", {"tpm0": ""}, "uefi", None, None),
        (True, ATTRIBUTES + b"\x07", {"tpm0": "3"}, "uefi", None, None),
        (False, None, {"tpm0": "1", "tpm1": "2"}, "bios", None, "2.0"),
    ],
)
def test_firmware_is_read_from_what_the_kernel_shows(
    efi: bool, variable: bytes | None, tpms: dict[str, str], starts_by: str, secure_boot: str | None, tpm: str | None
) -> None:
    found = linux.parse_firmware(efi=efi, secure_boot=variable, tpm_versions=tpms)
    assert found == Firmware(starts_by=starts_by, secure_boot=secure_boot, tpm=tpm)  # type: ignore[arg-type]

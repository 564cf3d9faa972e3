"""What real machines were seen to say in public; `tests/samples/README.md` and that of `win32/samples` tell where."""

from datetime import UTC, date, datetime

import pytest

from agent import browsers_macos, hardware_linux, hardware_macos, links_linux, system_linux, system_macos
from agent.win32 import browsers, hardware, system
from checks.answers.hardware import Cameras, Screen, Sound
from tests.agent.samples import sample
from tests.agent.win32.recorded import RecordedRegistry


def mac(name: str) -> str:
    return sample(f"macos/seen/{name}")


def linux(name: str) -> str:
    return sample(f"linux/seen/{name}")


@pytest.mark.parametrize(
    ("name", "wifi", "some_wired"),
    [
        ("networksetup_imac_2019", "en1", {"en0", "en4", "bridge0"}),
        ("networksetup_macbook_2019", "en0", {"en35", "en37"}),
        ("networksetup_macbook_2021", "en0", {"en5", "en8"}),
    ],
)
def test_the_wifi_of_a_mac_is_told_from_all_its_other_ports(name: str, wifi: str, some_wired: set[str]) -> None:
    found = system_macos.parse_ports(mac(name))
    assert [device for device, kind in found.items() if kind == "wifi"] == [wifi]
    assert some_wired <= set(found)


def test_a_way_out_through_a_tunnel_has_no_gateway_and_is_one() -> None:
    assert system_macos.parse_route(mac("route_default"))
    assert system_macos.parse_route(mac("route_tunnel"))
    assert not system_macos.parse_route("  interface: lo0\n      flags: <UP,GATEWAY,REJECT,DONE,STATIC>\n")


def test_macs_of_both_kinds_say_what_they_are() -> None:
    apple = hardware_macos.parse_processor(mac("sysctl_m1_and_m2"))
    assert (apple.maker, apple.architecture, apple.bits, apple.cores_count) == ("apple", "arm", 64, 8)
    xeon = hardware_macos.parse_processor(mac("sysctl_xeon"))
    assert (xeon.maker, xeon.model, xeon.stepping, xeon.bits) == ("intel", 44, 2, 64)
    assert (xeon.cores_count, xeon.threads_count, xeon.maximum_mhz) == (12, 24, 3500)


def test_the_proxies_of_macs() -> None:
    assert system_macos.parse_proxies(mac("scutil_proxy_none"), ()).source == "none"
    assert system_macos.parse_proxies(mac("scutil_proxy_pac"), ()).script_url == "http://wpad.example.fr/wpad.dat"


def test_a_firewall_that_blocks_everything_is_on() -> None:
    for name in ("firewall_on", "firewall_all_blocked"):
        assert system_macos.parse_protection(mac(name)).firewall == "on"


def test_sound_devices_that_a_program_made_are_none() -> None:
    found = hardware_macos.parse_sound(mac("audio_ko.json"))
    assert found == Sound(outputs_count=1, screen_outputs_count=0, inputs_count=1)


def test_a_telephone_near_by_is_no_camera_of_this_mac() -> None:
    assert hardware_macos.parse_cameras(mac("cameras_fr.json")) == Cameras(cameras_count=1, allowed=None)


def test_the_screen_of_a_mac() -> None:
    expected = Screen(width_px=2560, height_px=1440, scale_percent=100, main=True)
    assert hardware_macos.parse_screens(mac("display_m3.json")) == (expected,)


@pytest.mark.parametrize(("name", "keyboard"), [("fr", "azerty"), ("en", "qwerty"), ("ko", None)])
def test_the_keyboard_of_a_mac_stands_after_its_other_sources(name: str, keyboard: str | None) -> None:
    inputs = system_macos.parse_plist(mac(f"keyboard_{name}.plist").encode())
    assert system_macos.parse_language({}, inputs).keyboard == keyboard


@pytest.mark.parametrize(("name", "display"), [("en", "en"), ("zh", "other")])
def test_the_language_of_a_mac_comes_with_a_country_or_without(name: str, display: str) -> None:
    everywhere = system_macos.parse_plist(mac(f"languages_{name}.plist").encode())
    assert system_macos.parse_language(everywhere, {}).display == display


def test_the_updates_of_a_mac() -> None:
    settings = system_macos.parse_plist(mac("software_update.plist").encode())
    found = system_macos.parse_updates(settings, {}, datetime(2024, 7, 5, tzinfo=UTC))
    assert (found.looked_for_days, found.automatic) == (2, False)


@pytest.mark.parametrize(
    ("layout", "keyboard"), [("ABC-AZERTY", "azerty"), ("ABC-QWERTZ", "qwertz"), ("French-numerical", "azerty")]
)
def test_a_layout_is_written_without_spaces_in_files(layout: str, keyboard: str) -> None:
    inputs = {"AppleSelectedInputSources": [{"KeyboardLayout Name": layout}]}
    assert system_macos.parse_language({}, inputs).keyboard == keyboard


def test_the_browser_chosen_on_a_mac_is_read_in_its_old_form_and_in_that_of_macos_26() -> None:
    for name in ("handlers_chrome.plist", "handlers_macos_26.plist"):
        assert browsers_macos.parse_default(system_macos.parse_plist(mac(name).encode())) == "chrome"


@pytest.mark.parametrize(
    ("name", "machine", "bits", "cores", "threads", "mhz"),
    [
        ("cpuinfo_samsung_nc10", "i686", 32, 1, 2, 1600),  # it rested at 800 MHz
        ("cpuinfo_toshiba_r630", "x86_64", 64, 2, 4, 2270),  # and this one at 933
        ("cpuinfo_raspberry_pi_3", "aarch64", 64, None, 4, None),
    ],
)
def test_a_processor_at_rest_can_do_what_its_name_says(
    name: str, machine: str, bits: int, cores: int | None, threads: int, mhz: int | None
) -> None:
    found = hardware_linux.parse_processor(linux(name), machine, "")
    assert (found.bits, found.cores_count, found.threads_count, found.maximum_mhz) == (bits, cores, threads, mhz)


def test_the_sound_of_a_recent_portable() -> None:
    found = hardware_linux.parse_sound(linux("asound_pcm_sof"))
    assert found == Sound(outputs_count=2, screen_outputs_count=3, inputs_count=4)


@pytest.mark.parametrize(("name", "kbps"), [("wifi_6", 720_600), ("wifi_5", 702_000), ("usb_stick", 216_700)])
def test_a_wifi_link_says_its_rate_and_band(name: str, kbps: int) -> None:
    said = linux(f"iw_link_{name}")
    assert (links_linux.parse_iw_rate(said), links_linux.parse_iw_band(said)) == (kbps, "5")


def test_a_rate_heard_at_rest_is_not_that_of_the_link() -> None:
    assert links_linux.parse_iw_rate(linux("iw_station_at_rest")) == 72_200
    assert links_linux.parse_iw_rate("tx bitrate: 54.0 MBit/s\nrx bitrate: 6.0 MBit/s\n") == 6000  # an old 802.11g


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("laptop", [(1920, 1080, True)]),
        ("two_screens", [(2560, 1600, False), (1600, 1200, False)]),
        ("turned", [(1200, 1920, False)]),
        ("unknown_connection", [(1920, 1200, False)]),
    ],
)
def test_the_screens_of_linux_sessions(name: str, sizes: list[tuple[int, int, bool]]) -> None:
    found = hardware_linux.parse_xrandr(linux(f"xrandr_{name}"))
    assert [(screen.width_px, screen.height_px, screen.main) for screen in found] == sizes


@pytest.mark.parametrize(
    ("name", "keyboard"),
    [
        ("vconsole_fr.conf", "azerty"),
        ("vconsole_fr_latin9.conf", "azerty"),
        ("00-keyboard_swiss_french.conf", "qwertz"),
    ],
)
def test_the_keyboards_of_french_systems(name: str, keyboard: str) -> None:
    found = system_linux.parse_language({}, linux("locale_fr"), linux(name))
    assert (found.display, found.keyboard) == ("fr", keyboard)


def test_what_debian_upgraded_by_itself_counts() -> None:
    assert system_linux.parse_history(linux("history.log")) == date(2024, 7, 2)


def test_ubuntu_names_itself() -> None:
    found = system_linux.parse_release(linux("os-release_ubuntu_24_04"), bits=64)
    assert (found.distribution, found.version) == ("ubuntu", (24, 4))


def test_the_processors_of_windows() -> None:
    xeon, arm = (
        hardware.parse_processor(RecordedRegistry(name).values(hardware.PROCESSOR), cores=4, threads=4, bits=64)
        for name in ("seen_xeon", "seen_thinkpad_x13s")
    )
    assert (xeon.maker, xeon.architecture, xeon.family, xeon.model, xeon.stepping) == ("intel", "x86", 6, 26, 5)
    assert xeon.maximum_mhz == 2000
    assert (arm.maker, arm.architecture, arm.family, arm.maximum_mhz) == ("qualcomm", "arm", None, 1440)


def test_an_edition_of_windows_is_read_whatever_the_case_of_its_name() -> None:
    assert system.parse_edition(RecordedRegistry("seen_windows_10_education").values(system.CURRENT)) == "education"


@pytest.mark.parametrize(("state", "word"), [(397568, "on"), (266240, "on"), (266256, "outdated"), (397312, "on")])
def test_what_antivirus_programs_told_the_security_centre(state: int, word: str) -> None:
    assert system.parse_antivirus((state,)) == word


@pytest.mark.parametrize(
    ("prog_id", "names"),
    [
        ("FirefoxURL-308046B0AF4A39CB", ("firefox", "firefox_esr")),
        ("FirefoxURL-6F193CCC56814779", ("firefox", "firefox_esr")),
        ("ChromeHTML", ("chrome",)),
        ("MSEdgeDHTML", ()),  # the Edge that was not Chromium yet
    ],
)
def test_the_browser_chosen_on_windows(prog_id: str, names: tuple[str, ...]) -> None:
    assert browsers.parse_choice(prog_id) == names


def test_the_choice_of_windows_11_stands_where_it_stood() -> None:
    choice = r"HKCU\SOFTWARE\Microsoft\Windows\Shell\Associations\UrlAssociations\https\UserChoice"
    said = RecordedRegistry("seen_windows_11_firefox").values(choice)["progid"]
    assert browsers.parse_choice(str(said)) == ("firefox", "firefox_esr")

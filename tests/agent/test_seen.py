"""What real Macs and Linuxes were seen to say in public; `tests/samples/README.md` tells where."""

from datetime import UTC, date, datetime

import pytest

from agent import browsers_macos, hardware_linux, hardware_macos, links_linux, system_linux, system_macos
from agent.proxy import bypassed
from agent.tunnel import Way
from checks.answers.hardware import Cameras, Screen, Sound
from tests.agent.samples import sample


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
    manual = system_macos.parse_proxies(mac("scutil_proxy_manual"), ())
    assert (manual.https, manual.bypass) == (
        Way(kind="http", host="127.0.0.1", port=1088),
        ("*.local", "169.254/16", "<local>"),
    )
    assert [bypassed(host, manual.bypass) for host in ("169.254.7.7", "imprimante", "ent.example.fr")] == [
        True,
        True,
        False,
    ]
    alone = mac("scutil_proxy_manual").replace("HTTPEnable : 1", "HTTPEnable : 0").replace("SEnable : 1", "SEnable : 0")
    socks = system_macos.parse_proxies(alone.replace("SOCKSEnable : 0", "SOCKSEnable : 1"), ())
    assert socks.https == Way(kind="socks", host="127.0.0.1", port=1080)


def test_the_roots_of_a_mac() -> None:
    apple = "63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179"
    found = system_macos.parse_roots(mac("security_roots"), (apple, "0" * 64))
    assert [root.state for root in found.roots] == ["trusted", "absent"]


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

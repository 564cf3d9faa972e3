"""Browsers say their version by their files, and a desktop its browser: nothing is started for it."""

from pathlib import Path

import pytest

from agent import browser_files_linux, browsers_linux, default_browser_linux
from agent.browser_files_linux import parse_application, parse_metainfo, parse_snap, program, version_said
from agent.default_browser_linux import default_browser, parse_associations
from agent.system_linux import package_version
from tests.agent.samples import sample
from tests.agent.systems import needs_linux


def put(path: Path, holds: str, *, runs: bool = False) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(holds, encoding="utf-8")
    path.chmod(0o755 if runs else 0o644)
    return path


@pytest.mark.parametrize(
    ("said", "version"),
    [
        (parse_application(sample("linux/debian_12/application.ini")), "153.7.0esr"),
        (
            parse_application("[App]\nName=Firefox\nVersion=160.0.1\nSourceRepository=https://hg/mozilla-release\n"),
            "160.0.1",
        ),
        (
            parse_application("[App]\nVersion=140.5.0\nSourceRepository=https://hg/releases/mozilla-esr140\n"),
            "140.5.0esr",
        ),
        (parse_application("[Gecko]\nMinVersion=1\n"), ""),
        (parse_snap(sample("linux/ubuntu_24_04/snap_chromium.yaml")), "142.0.7444.162"),
        (parse_snap(sample("linux/ubuntu_24_04/snap_firefox.yaml")), "140.5.0esr-1"),
        (parse_snap("version: stable\n"), ""),
        (parse_metainfo(sample("linux/portable/flatpak_metainfo.xml")), "142.0.7444.162-1"),
        (parse_metainfo("<releases></releases>"), ""),
        (package_version(sample("linux/debian_12/dpkg-status"), "firefox-esr"), "153.7.0esr"),
        (package_version(sample("linux/debian_12/dpkg-status"), "libreoffice-core"), None),
        (package_version(sample("linux/debian_12/dpkg-status"), "firefox"), None),
        (package_version("Package: a\nStatus: install ok installed\nVersion: 1:2.3-4\n", "a"), "2.3"),
        (package_version("Package: a\nStatus: install ok installed\n", "a"), ""),
    ],
)
def test_each_file_says_a_version_or_nothing(said: str | None, version: str | None) -> None:
    assert said == version


@needs_linux
def test_a_browser_whose_files_say_its_version_is_not_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = tmp_path / "started"
    firefox = put(tmp_path / "firefox" / "firefox", f"#!/bin/sh\ntouch {started}\n", runs=True)
    put(firefox.with_name("application.ini"), sample("linux/debian_12/application.ini"))
    mute = put(tmp_path / "mute" / "chromium", f"#!/bin/sh\ntouch {started}\necho 'Chromium 150.0'\n", runs=True)
    monkeypatch.setattr(browsers_linux, "found", lambda: iter([("firefox", str(firefox))]))
    (browser,) = browsers_linux.browsers()
    assert (browser.name, browser.version, started.exists()) == ("firefox_esr", (153, 7, 0), False)
    monkeypatch.setattr(browsers_linux, "found", lambda: iter([("chromium", str(mute))]))
    (browser,) = browsers_linux.browsers()
    assert (browser.version, started.exists()) == ((150, 0), True), "only one whose files are mute is asked"


@needs_linux
def test_a_flatpak_says_its_version_beside_its_launcher(tmp_path: Path) -> None:
    launcher = put(tmp_path / "exports" / "bin" / "com.google.Chrome", "#!/bin/sh\n", runs=True)
    files = tmp_path / "app" / "com.google.Chrome" / "current" / "active" / "files"
    assert version_said(str(launcher)) == ""
    put(files / "share" / "appdata" / "com.google.Chrome.appdata.xml", '<release version="99.0"/>')
    assert version_said(str(launcher)) == "99.0"
    put(files / "lib" / "firefox" / "application.ini", "Version=160.0\n")
    assert version_said(str(launcher)) == "160.0"


@needs_linux
def test_a_package_is_believed_only_for_the_browser_it_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status = "Package: chromium\nStatus: install ok installed\nVersion: 156.0.8078.108-1~deb12u1\n"
    home = tmp_path / "chromium"
    monkeypatch.setattr(browser_files_linux, "STATUS", str(put(tmp_path / "status", status)))
    monkeypatch.setattr(browser_files_linux, "PACKAGES", {str(home): ("chromium", "chromium")})
    assert version_said("/usr/bin/chromium") == "", "a package that only leads to a snap has a version of its own"
    put(home / "chromium", "", runs=True)
    assert version_said("/usr/bin/chromium") == version_said(str(home / "chromium")) == "156.0.8078.108"
    assert version_said(str(tmp_path / "elsewhere" / "chromium")) == ""


@needs_linux
def test_a_script_of_two_lines_leads_to_what_it_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    esr = put(tmp_path / "lib" / "firefox-esr", "", runs=True)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "firefox-esr").symlink_to(esr)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    debian = '#!/bin/sh\n[ -x "$F.real" ] && exec "$F.real" "$@"\n\nexec firefox-esr "$@"\n'
    assert program(str(put(tmp_path / "bin" / "firefox", debian, runs=True))) == str(esr)
    ubuntu = '#!/bin/sh\nexec /snap/bin/chromium "$@"\n'
    monkeypatch.setattr("shutil.which", lambda name: name)
    assert program(str(put(tmp_path / "bin" / "chromium-browser", ubuntu, runs=True))) == "/snap/bin/chromium"
    circle = put(tmp_path / "bin" / "circle", f"#!/bin/sh\nexec {tmp_path}/bin/circle\n", runs=True)
    assert program(str(circle)) == str(circle)
    assert program(str(tmp_path / "absent")) == str(tmp_path / "absent")


def test_associations_are_read_in_their_group_alone() -> None:
    lists, cache = sample("linux/portable/mimeapps.list"), sample("linux/portable/mimeinfo.cache")
    https = "x-scheme-handler/https"
    assert parse_associations(lists, "Default Applications", https) == (
        "removed-browser.desktop",
        "google-chrome.desktop",
    )
    assert parse_associations(cache, "MIME Cache", "text/html") == ("firefox-esr.desktop", "chromium.desktop")
    assert parse_associations(cache, "Default Applications", https) == ()


@needs_linux
def test_the_default_browser_is_what_the_desktop_wrote_and_still_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(default_browser_linux, "_ALWAYS", ())
    monkeypatch.setattr(default_browser_linux, "_ALTERNATIVE", str(tmp_path / "x-www-browser"))
    data, home = tmp_path / "share", tmp_path / "home"
    environment = {"HOME": str(home), "XDG_DATA_DIRS": str(data), "XDG_CONFIG_DIRS": str(tmp_path / "xdg")}
    assert default_browser(environment) == ""
    esr = put(tmp_path / "bin" / "firefox-esr", "", runs=True)
    (tmp_path / "x-www-browser").symlink_to(esr)
    assert default_browser(environment) == "firefox-esr"
    for name in ("chromium", "google-chrome", "firefox", "vivaldi"):
        put(data / "applications" / f"{name}.desktop", "[Desktop Entry]\n")
    put(data / "applications" / "mimeinfo.cache", sample("linux/portable/mimeinfo.cache"))
    assert default_browser(environment) == "chromium.desktop"
    put(home / ".config" / "mimeapps.list", sample("linux/portable/mimeapps.list"))
    assert default_browser(environment) == "google-chrome.desktop", "the first one named is no longer installed"
    put(home / ".config" / "gnome-mimeapps.list", "[Default Applications]\nx-scheme-handler/https=vivaldi.desktop\n")
    assert default_browser({**environment, "XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}) == "vivaldi.desktop"
    assert default_browser(environment) == "google-chrome.desktop"
    put(home / ".config" / "kdeglobals", "[Icons]\nTheme=x\n[General]\nBrowserApplication=firefox.desktop\n")
    assert default_browser(environment) == "firefox.desktop"
    put(home / ".config" / "kdeglobals", "[General]\nBrowserApplication=!chromium\n")
    assert default_browser(environment) == "google-chrome.desktop", "a command is no desktop file"

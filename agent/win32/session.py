"""In whose session does the agent run, and what does that session see? Its screens, its language."""

from ctypes import Structure, byref, c_int, c_long, c_uint, c_ulong, c_ushort, c_void_p, c_wchar, sizeof
from typing import Any, Final

from agent.win32.libraries import callback, library
from checks.answers.hardware import Screen

_PER_MONITOR_AWARE: Final = -4
_EFFECTIVE_DPI: Final = 0
_CURRENT: Final = -1  # ENUM_CURRENT_SETTINGS
_MAIN: Final = 1  # MONITORINFOF_PRIMARY


class _Rect(Structure):
    _fields_ = [(name, c_long) for name in ("left", "top", "right", "bottom")]


class _Monitor(Structure):  # MONITORINFOEXW
    _fields_ = [("size", c_ulong), ("whole", _Rect), ("work", _Rect), ("flags", c_ulong), ("device", c_wchar * 32)]


class _Mode(Structure):  # DEVMODEW, its union laid out for displays
    _fields_ = [
        ("device", c_wchar * 32),
        ("spec_version", c_ushort),
        ("driver_version", c_ushort),
        ("size", c_ushort),
        ("driver_extra", c_ushort),
        ("fields", c_ulong),
        ("position", c_long * 2),
        ("orientation", c_ulong),
        ("fixed_output", c_ulong),
        ("color", c_ushort * 5),
        ("form", c_wchar * 32),
        ("pixels", c_ushort),
        ("bits", c_ulong),
        ("width", c_ulong),
        ("height", c_ulong),
        ("rest", c_ulong * 10),
    ]


def is_somebodys() -> bool:
    """Tell whether somebody's session runs the agent: session 0 is the system's, and sees no screen."""
    kernel32 = library("kernel32")
    session = c_ulong(0)
    return bool(kernel32.ProcessIdToSessionId(kernel32.GetCurrentProcessId(), byref(session)) and session.value)


def interface_language() -> int:
    """Return the identifier of the language Windows speaks to this account."""
    return int(library("kernel32").GetUserDefaultUILanguage()) & 0xFFFF


def screens() -> tuple[Screen, ...]:
    """Ask for each screen switched on: its true size, and how much larger things are drawn on it."""
    user32 = library("user32")
    user32.MonitorFromPoint.restype = c_void_p
    aware = _be_aware(user32)
    found: list[Screen] = []
    called_back = callback(c_int, c_void_p, c_void_p, c_void_p, c_void_p)

    def see(monitor: Any, _context: Any, _rect: Any, _given: Any) -> int:
        screen = _screen(user32, monitor, aware=aware)
        if screen is not None:
            found.append(screen)
        return 1

    user32.EnumDisplayMonitors(None, None, called_back(see), 0)
    return tuple(sorted(found, key=lambda screen: not screen.main))


def parse_scale(dpi: int) -> int | None:
    """Return how much larger things are drawn, in percent, from dots per inch; None when that says nothing."""
    return round(dpi * 100 / 96) if 48 <= dpi <= 960 else None


def _be_aware(user32: Any) -> bool:
    """Ask for true points, not those Windows shows to old programs; False before Windows 10 1607."""
    try:
        user32.SetThreadDpiAwarenessContext.argtypes = (c_void_p,)
        user32.SetThreadDpiAwarenessContext.restype = c_void_p
        return bool(user32.SetThreadDpiAwarenessContext(c_void_p(_PER_MONITOR_AWARE)))
    except AttributeError:
        return False


def _screen(user32: Any, monitor: Any, *, aware: bool) -> Screen | None:
    seen, mode = _Monitor(size=sizeof(_Monitor)), _Mode(size=sizeof(_Mode))
    if not user32.GetMonitorInfoW(c_void_p(monitor), byref(seen)):
        return None
    if not user32.EnumDisplaySettingsW(seen.device, _CURRENT, byref(mode)) or not mode.width or not mode.height:
        return None
    dpi = c_uint(0)
    if aware:
        try:
            library("shcore").GetDpiForMonitor(c_void_p(monitor), _EFFECTIVE_DPI, byref(dpi), byref(c_uint(0)))
        except (OSError, AttributeError):
            dpi = c_uint(0)
    return Screen(
        width_px=mode.width,
        height_px=mode.height,
        scale_percent=parse_scale(dpi.value),
        main=bool(seen.flags & _MAIN),
    )

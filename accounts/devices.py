"""What a browser says it is, in plain words."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext as _

# In this order: each of these calls itself by the later ones' names too.
BROWSERS: Mapping[str, str] = MappingProxyType(
    {
        "Edg": "Edge",
        "OPR/": "Opera",
        "SamsungBrowser": "Samsung Internet",
        "Firefox/": "Firefox",
        "FxiOS": "Firefox",
        "CriOS": "Chrome",
        "Chrome/": "Chrome",
        "Safari/": "Safari",
    }
)
DEVICES: Mapping[str, str] = MappingProxyType(
    {
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Android": "Android",
        "Windows": "Windows",
        "CrOS": "Chromebook",
        "Macintosh": "Mac",
        "Linux": "Linux",
    }
)


def device_name(agent: str) -> str:
    """Which browser on which device, as far as it tells."""
    browser = next((name for mark, name in BROWSERS.items() if mark in agent), "")
    device = next((name for mark, name in DEVICES.items() if mark in agent), "")
    if browser and device:
        return _("%(browser)s on %(device)s") % {"browser": browser, "device": device}
    return browser or device or _("A browser we do not know")


def device_icon(agent: str) -> str:
    """The symbol of the device."""
    return "phone" if any(mark in agent for mark in ("iPhone", "Android", "Mobile")) else "laptop"

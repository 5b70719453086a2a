"""What browser and system a User-Agent names, in the few words in which their owner would know them again."""

from __future__ import annotations

# The first that occurs counts: every browser also names those it wants to be taken for.
_BROWSERS = (
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("QQBrowser", "QQ 浏览器"), ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"),
    ("HeadlessChrome", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("OpenHarmony", "鸿蒙"), ("HarmonyOS", "鸿蒙"), ("Android", "安卓"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS", "Mac"), ("Kylin", "麒麟"), ("UOS", "统信"), ("Linux", "Linux"),
)  # fmt: skip


def known_as(user_agent: str) -> str:
    """`Chrome · Windows`; “未知浏览器” for what names none."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "未知浏览器")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} · {system}" if system else browser

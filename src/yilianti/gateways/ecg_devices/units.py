"""Units of voltage and time as files spell them."""

from __future__ import annotations

from yilianti.gateways.ecg_devices.refusing import unsupported

_MICROVOLTS = {
    "uv": 1.0, "µv": 1.0, "μv": 1.0, "microvolt": 1.0, "microvolts": 1.0, "mv": 1e3, "millivolt": 1e3, "millivolts": 1e3, "v": 1e6, "volt": 1e6, "volts": 1e6,
    "nv": 1e-3, "nanovolt": 1e-3, "nanovolts": 1e-3, "微伏": 1.0, "毫伏": 1e3,
}  # fmt: skip
_SECONDS = {"s": 1.0, "sec": 1.0, "ms": 1e-3, "msec": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9, "min": 60.0}


def microvolts(unit: str) -> float:
    """What one `unit` is in µV; a unit that is no voltage is refused."""
    found = _MICROVOLTS.get(unit.strip().lower())
    if found is None:
        raise unsupported("unknown_unit", f"幅值单位“{unit.strip()[:20]}”不是电压单位，无法换算成微伏", f"The amplitude unit '{unit.strip()[:20]}' is not a voltage")
    return found


def seconds(unit: str) -> float:
    """What one `unit` is in seconds; a unit that is no time is refused."""
    found = _SECONDS.get(unit.strip().lower())
    if found is None:
        raise unsupported("unknown_unit", f"时间单位“{unit.strip()[:20]}”无法识别", f"The time unit '{unit.strip()[:20]}' is unknown")
    return found

"""The door of the devices' files: read one."""

from yilianti.gateways.ecg_devices.csv.mapping import Mapping, load
from yilianti.gateways.ecg_devices.reading import read

__all__ = ["Mapping", "load", "read"]

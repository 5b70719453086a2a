"""The door of the devices' files: read one."""

from yilianti.gateways.ecg_devices.csv.mapping import Mapping, found_in, load
from yilianti.gateways.ecg_devices.reading import read

__all__ = ["Mapping", "found_in", "load", "read"]

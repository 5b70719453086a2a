"""The door of the devices' files: read one, and what waits to be claimed."""

from yilianti.gateways.ecg_devices.csv.mapping import Mapping, found_in, load
from yilianti.gateways.ecg_devices.queries import claimers, unclaimed
from yilianti.gateways.ecg_devices.reading import read

__all__ = ["Mapping", "claimers", "found_in", "load", "read", "unclaimed"]

"""The tables in which the directory is brought and taken out, in the order they build on one another."""

from yilianti.capacity.services.tables.capabilities import Capabilities
from yilianti.capacity.services.tables.offers import Services
from yilianti.capacity.services.tables.ways import Ways

__all__ = ["Capabilities", "Services", "Ways"]

"""PostgreSQL of our own: found, made, started, watched and stopped without any other service.

`throwaway` gives tests a server that is gone afterwards.
"""

from yilianti.cli.postgres.cluster import Cluster
from yilianti.cli.postgres.throwaway import throwaway

__all__ = ["Cluster", "throwaway"]

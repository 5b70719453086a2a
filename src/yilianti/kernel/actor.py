"""Actor: who acts, where, and how far their permissions reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from yilianti.kernel.finding import Refused

NOWHERE: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Scope:
    """Where a policy is asked for: consortium code and GB/T 2260 area code."""

    consortium: str = ""
    region: str = ""


@dataclass(frozen=True)
class Actor:
    """A person in one post (or the system), with `reach`: permission → institution ids it covers."""

    name: str
    person: int | None = None
    account: int | None = None
    institution: int | None = None
    institution_name: str = ""
    department: int | None = None
    roles: tuple[str, ...] = ()
    reach: Mapping[str, frozenset[int]] = field(default_factory=lambda: MappingProxyType({}))
    consortium: str = ""
    region: str = ""
    is_system: bool = False
    #: ids of residents whose record this person has opened in an emergency, until it ends
    opened: frozenset[int] = NOWHERE

    @classmethod
    def system(cls, name: str = "系统", *, institution: int | None = None, consortium: str = "", region: str = "") -> Actor:
        """The platform itself: a handover, the clock, or a machine at a gateway."""
        return cls(name=name, institution=institution, consortium=consortium, region=region, is_system=True, roles=("system",))

    @property
    def scope(self) -> Scope:
        return Scope(self.consortium, self.region)

    def reaches(self, permission: str) -> frozenset[int]:
        """Institution ids in which the permission holds (the system's reach is not listed: ask `may`)."""
        return self.reach.get(permission, NOWHERE)

    def may(self, permission: str, institution: int | None = None) -> bool:
        """True when permitted in that institution, or anywhere if none is named."""
        if self.is_system:
            return True
        covered = self.reaches(permission)
        return bool(covered) if institution is None else institution in covered

    def require(self, permission: str, institution: int | None = None) -> None:
        """Refuse unless permitted there."""
        if not self.may(permission, institution):
            raise Refused(
                "not_permitted",
                "您当前的岗位没有此项权限；请切换岗位，或请安全管理员在“权限”中授予。",
                "Your post does not have this permission.",
            )

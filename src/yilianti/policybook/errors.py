"""What can go wrong with policies, each a Chinese sentence that names the place and the way out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from yilianti.kernel.finding import Refused


class PolicyError(Exception):
    """A policy file cannot be used: names the file, the key and the way out."""

    def __init__(self, path: Path | str, key: str, zh: str) -> None:
        self.path = str(path)
        self.key = key
        self.zh = f"政策文件 {path}" + (f"，栏目“{key}”" if key else "") + f"：{zh}"
        super().__init__(self.zh)


class NoPolicyInForce(Refused):
    """Nothing says what holds for this code, on this day, here."""

    def __init__(self, policy: str, day: date, consortium: str, region: str) -> None:
        place = f"医共体“{consortium or '未指明'}”、区划“{region or '未指明'}”"
        super().__init__(
            "no_policy_in_force",
            f"{day.isoformat()} 在{place}没有生效的政策“{policy}”；请在政策目录中补上这一天适用的版本，或核对日期。",
            f"No policy {policy} in force on {day.isoformat()} for consortium {consortium!r}, region {region!r}.",
        )
        self.policy = policy
        self.day = day

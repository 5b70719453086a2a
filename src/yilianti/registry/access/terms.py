"""Access in words."""

from __future__ import annotations

from dataclasses import dataclass

from yilianti.kernel.actor import Actor
from yilianti.kernel.terms import Term

#: Journal words of a whole check of the chain.
VERIFIED = "journal.verified"
FOUND_BROKEN = "journal.found_broken"


class EventKind(Term):
    """What the security trail keeps (GB/T 22239-2019 8.1.4.3 安全审计)."""

    LOGIN = "login", "登录", "signed in"
    LOGIN_FAILED = "login_failed", "登录失败", "sign-in failed"
    LOCKED_OUT = "locked_out", "账号锁定", "locked out"
    LOGOUT = "logout", "退出", "signed out"
    IDLE_END = "idle_end", "登录失效（空闲、停用或密码已改）", "session no longer valid"
    PASSWORD_CHANGED = "password_changed", "修改密码", "password changed"  # noqa: S105
    POST_CHOSEN = "post_chosen", "切换岗位", "post chosen"
    REFUSED = "refused", "无权访问", "refused"
    NOT_FOUND = "not_found", "访问不存在或不可见的对象", "not found"


@dataclass(frozen=True)
class HeldPost:
    """One post a person holds today, as the post chooser shows it."""

    id: int
    label: str
    active: bool = False


@dataclass(frozen=True)
class SignedIn:
    """What one lean query says of a session: its actor, the posts to choose from, and whether a new password is due."""

    actor: Actor
    username: str
    posts: tuple[HeldPost, ...] = ()
    must_change_password: bool = False

#: What each journal word of this room is called on pages.
JOURNAL = {
    "access.opened": "开通账号", "access.disabled": "停用账号", "access.enabled": "恢复账号", "access.granted": "授予权限",
    "access.revoked": "收回权限", "access.password_reset": "重置密码", "access.password_changed": "修改密码",
    "access.log_exported": "导出访问日志", "journal.verified": "核对日志无误", "journal.found_broken": "核对发现日志不符",
}  # fmt: skip

"""Access in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
    CODE_FAILED = "code_failed", "动态口令错误", "second factor failed"
    RECOVERY_USED = "recovery_used", "使用备用码", "recovery code used"
    SESSION_ENDED = "session_ended", "结束登录", "sign-in ended"
    GRANT_BROKEN = "grant_broken", "授权记录被改动", "grant changed behind our back"
    PASSWORD_CHANGED = "password_changed", "修改密码", "password changed"  # noqa: S105
    POST_CHOSEN = "post_chosen", "切换岗位", "post chosen"
    REFUSED = "refused", "无权访问", "refused"
    NOT_FOUND = "not_found", "访问不存在或不可见的对象", "not found"


class Factor(Term):
    """By what somebody signed in."""

    PASSWORD = "password", "密码", "password"  # noqa: S105
    CODE = "code", "密码和动态口令", "password and one-time code"
    RECOVERY = "recovery", "密码和备用码", "password and recovery code"


class Ending(Term):
    """Why a sign-in is over."""

    SIGNED_OUT = "signed_out", "本人退出", "signed out"
    ENDED_BY_OWNER = "ended_by_owner", "本人在别处结束", "ended by its owner"
    ENDED_BY_KEEPER = "ended_by_keeper", "安全管理员结束", "ended by the security administrator"
    LAPSED = "lapsed", "空闲或到时", "idle or over time"
    CROWDED_OUT = "crowded_out", "同时登录过多", "too many at once"
    GROUND_GONE = "ground_gone", "密码、动态口令或账号变动", "password, second factor or account changed"


@dataclass(frozen=True)
class HeldPost:
    """One post a person holds today, as the post chooser shows it."""

    id: int
    label: str
    active: bool = False


@dataclass(frozen=True)
class SignedIn:
    """What one lean query says of a session: its actor, the posts to choose from, what is due first, and which grants do not hold."""

    actor: Actor
    username: str
    posts: tuple[HeldPost, ...] = ()
    must_change_password: bool = False
    must_set_up_factor: bool = False
    login: int = 0
    seen_at: datetime | None = None
    broken_grants: tuple[int, ...] = ()

    @property
    def first(self) -> str:
        """The page that must be dealt with before any other; "" when there is none."""
        return "access:password" if self.must_change_password else "access:second_factor" if self.must_set_up_factor else ""


#: What each journal word of this room is called on pages.
JOURNAL = {
    "access.opened": "开通账号", "access.disabled": "停用账号", "access.enabled": "恢复账号", "access.granted": "授予权限",
    "access.revoked": "收回权限", "access.password_reset": "重置密码", "access.password_changed": "修改密码", "access.password_demanded": "要求更换密码",
    "access.second_factor_confirmed": "启用动态口令", "access.second_factor_removed": "停用动态口令", "access.second_factor_reset": "重置动态口令",
    "access.recovery_renewed": "更换备用码", "access.logins_ended": "结束登录", "access.signed_in_anew": "从新地址登录",
    "access.log_exported": "导出访问日志", "journal.verified": "核对日志无误", "journal.found_broken": "核对发现日志不符",
}  # fmt: skip

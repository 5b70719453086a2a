"""What every template may use: the actor, the mode, and the navigation of the actor's job."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from yilianti.kernel.actor import Actor
from yilianti.registry.access.api import SignedIn

#: label, address, icon, permission that shows it
NAVIGATION = (
    ("工作台", "/", "home", ""),
    ("转诊", "/referrals/", "arrows-exchange", "referral.view"),
    ("家庭医生签约", "/contracts/", "signature", "contract.view"),
    ("检查与诊断", "/diagnosis/", "activity", "diagnosis.view"),
    ("设备来件", "/dicom/", "activity-heartbeat", "dicom.claim"),
    ("值班", "/rosters/", "calendar-check", "rosters.view"),
    ("服务目录", "/services/", "stethoscope", "services.view"),
    ("费用", "/claims/", "file-text", "claims.view"),
    ("号源与床位", "/schedules/", "calendar", "schedules.keep"),
    ("分组结果", "/claims/groups/", "chart-bar", "claims.view"),
    ("编码核对", "/claims/questions/", "list-check", "claims.view"),
    ("基金监管", "/supervision/", "scale", "supervision.view"),
    ("总额", "/budget/", "report-analytics", "budget.view"),
    ("年度清算", "/settlements/", "checks", "distribution.view"),
    ("政策模拟", "/settlements/scenarios/", "adjustments", "distribution.simulate"),
    ("指标", "/insight/", "chart-bar", "insight.view"),
    ("居民", "/residents/", "users", "residents.search"),
    ("个人信息请求", "/privacy/requests/", "fingerprint", "privacy.handle"),
    ("待办与通知", "/inbox/", "inbox", "inbox.view"),
    ("机构", "/institutions/", "building-hospital", "institutions.view"),
    ("人员", "/people/", "id-badge", "people.view"),
    ("权限", "/access/", "shield-lock", "access.grant"),
    ("批量导入", "/imports/", "upload", "imports.use"),
    ("接口消息", "/hl7v2/", "plug-connected", "hl7v2.view"),
    ("DICOM 设备", "/dicom/senders", "device-desktop", "dicom.manage"),
    ("采集文件夹", "/ecg/folders/", "archive", "ecg.manage"),
    ("外发消息", "/outbound/", "send", "outbound.view"),
    ("运行状态", "/operations/", "activity", "operations.view"),
    ("访问日志", "/access/log/", "eye", "access.view_log"),
    ("紧急调阅复核", "/privacy/emergency/", "lock-open", "privacy.review"),
    ("审计", "/audit/", "history", "journal.view"),
    ("治理", "/governance/", "scale", "governance.view"),
    ("现行政策", "/policies/", "book", "policies.view"),
)


def page_context(request: HttpRequest) -> dict[str, Any]:
    """actor, demo_mode, nav, and what the top bar shows (posts, search, badge)."""
    actor: Actor | None = getattr(request, "actor", None)
    signed_in: SignedIn | None = getattr(request, "signed_in", None)
    if actor is None or signed_in is None:
        return {"actor": None, "demo_mode": settings.DEMO_MODE, "nav": []}
    chosen = next((post for post in signed_in.posts if post.active), None)
    return {
        "actor": actor,
        "demo_mode": settings.DEMO_MODE,
        **_navigation(actor, request.path),
        "inbox_url": "/inbox/badge" if actor.may("inbox.view") else "",
        "allergies_in_banner": actor.may("allergies.view"),
        "search_url": "/residents/" if actor.may("residents.search") else "",
        "post_label": chosen.label if chosen else "",
        "posts": signed_in.posts if len(signed_in.posts) > 1 else (),
        "post_switch_url": "/post/",
    }


def _navigation(actor: Actor, here: str) -> dict[str, Any]:
    """`nav`, and `nav_key`, which is equal where the drawn navigation is."""
    shown = [row for row in NAVIGATION if not row[3] or actor.may(row[3])]
    current = max((url for _, url, _, _ in shown if here == url or (url != "/" and here.startswith(url))), key=len, default="")
    nav = [{"label": label, "url": url, "icon": icon, "active": url == current} for label, url, icon, _ in shown]
    return {"nav": nav, "nav_key": " ".join([current, *(url for _, url, _, _ in shown)])}

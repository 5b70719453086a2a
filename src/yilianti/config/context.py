"""What every template may use: the actor, the mode, and the navigation of the actor's job."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from yilianti.kernel.actor import Actor

#: label, address, icon, permission that shows it
NAVIGATION = (
    ("工作台", "/", "home", ""),
    ("转诊", "/referrals/", "arrows-exchange", "referral.view"),
    ("居民", "/residents/", "users", "residents.search"),
    ("待办与通知", "/inbox/", "inbox", "inbox.view"),
    ("机构", "/institutions/", "building-hospital", "institutions.view"),
    ("人员", "/people/", "id-badge", "people.view"),
    ("权限", "/access/", "shield-lock", "access.grant"),
    ("接口消息", "/hl7v2/", "plug-connected", "hl7v2.view"),
    ("运行状态", "/operations/", "activity", "operations.view"),
    ("审计", "/audit/", "history", "journal.view"),
    ("现行政策", "/policies/", "book", "policies.view"),
)


def page_context(request: HttpRequest) -> dict[str, Any]:
    """actor, demo_mode, nav, inbox_url."""
    actor: Actor | None = getattr(request, "actor", None)
    here = request.path
    nav = [
        {"label": label, "url": url, "icon": icon, "active": here == url or (url != "/" and here.startswith(url))}
        for label, url, icon, permission in NAVIGATION
        if actor is not None and (not permission or actor.may(permission))
    ]
    return {"actor": actor, "demo_mode": settings.DEMO_MODE, "nav": nav, "inbox_url": "/inbox/badge"}

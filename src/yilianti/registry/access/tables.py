"""Roles and accounts as a table: what each post may do, and under which name its holder signs in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.tables.entering import one_by_one
from yilianti.kernel.tables.layout import CellKind, Column, Layout, Outcome, Row, day_of
from yilianti.policybook import access as roles
from yilianti.registry.access import access
from yilianti.registry.access.actions import accounts, granting
from yilianti.registry.access.models import Account, Grant
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people


class Grants:
    """「权限与账号」"""

    key, title, icon = "grants", "权限与账号", "key"
    permission = access.GRANT

    def layout(self, actor: Actor, day: date) -> Layout:
        named = {label: role for role, label in roles.roles(day, actor.scope).items()}
        return Layout(self.title, (
            people.NUMBER,
            Column("institution", "机构代码", "任职所在的机构，权限作用于这里及其下级（按角色而定）。", CellKind.CODE, True, "YX0101", longest=32),
            Column("role", "角色", required=True, example=next(iter(named), ""), choices=named, also=("权限", "岗位权限")),
            Column("post", "岗位名称", "此人在这个机构只有一个岗位时可不填。", example="全科医生", longest=48),
            Column("from_on", "开始日期", "不填为今天。", CellKind.DAY),
            Column("until_on", "截止日期", "长期有效不填。", CellKind.DAY),
            Column("username", "账号", "要开通登录的才填：3–48 个小写字母、数字或 . _ -。一次性密码在导入完成后另行印发。", CellKind.CODE, example="maixiaohe", longest=48),
        ), identity=("number", "institution", "role"), notes=("系统管理员、安全管理员、审计员须由不同的人担任。",))  # fmt: skip

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None:
        layout = self.layout(actor, day)
        places = institutions.found_by_code(row.values.get("institution", "") for row in rows)
        numbers = {row.values.get("number", "") for row in rows}
        going = people.Post.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=day), person__number__in=numbers, person__is_active=True)
        posts: dict[tuple[str, int], list[people.Post]] = {}
        for post in going.select_related("person").order_by("id"):
            posts.setdefault((post.person.number, post.institution_id), []).append(post)
        grants = {(one.post_id, one.role) for one in Grant.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=day), post__person__number__in=numbers)}
        names = {row.values["username"].lower() for row in rows if row.values.get("username")}
        held = {one.person_id: one.username for one in Account.objects.filter(person__number__in=numbers)}
        owners = {one.username: one.person_id for one in Account.objects.filter(username__in=names)}
        for row in rows:
            place = places.get(row.values.get("institution", ""))
            found = self._post(layout, row, actor, place, posts)
            if found is not None and not row.faults:
                self._judge(layout, row, found, grants, held, owners)

    def _post(self, layout: Layout, row: Row, actor: Actor, place: institutions.Institution | None, posts: dict[tuple[str, int], list[people.Post]]) -> people.Post | None:
        if place is None:
            row.blame(layout, "institution", "没有这个代码的在册机构；请先导入机构，或核对代码。")
            return None
        if not actor.may(access.GRANT, place.id):
            row.blame(layout, "institution", f"“{place.name}”不在您管理的范围；请由其所在医联体的管理员办理。")
            return None
        name = row.values.get("post", "")
        found = [post for post in posts.get((row.values.get("number", ""), place.id), []) if not name or post.name == name]
        if len(found) != 1:
            said = f"此人在“{place.name}”没有{f'名为“{name}”的' if name else ''}岗位；请先导入岗位。" if not found else "此人在这个机构有几个岗位；请填写岗位名称。"
            row.blame(layout, "post" if found or name else "number", said)
            return None
        if found[0].person_id == actor.person:
            row.blame(layout, "number", "不能给自己授权；请另一位管理员办理。")
        return found[0]

    def _judge(self, layout: Layout, row: Row, post: people.Post, grants: set[tuple[int, str]], held: dict[int, str], owners: dict[str, int]) -> None:
        told = row.values
        told["_post"], told["_person"], told["_place"] = str(post.id), str(post.person_id), str(post.institution_id)
        username = told.get("username", "").lower()
        has = held.get(post.person_id, "")
        if username and owners.get(username, post.person_id) != post.person_id:
            row.blame(layout, "username", "这个账号已有人使用；请换一个。")
        elif username and not accounts.is_username(username):
            row.blame(layout, "username", "账号用 3–48 个英文字母、数字或 . _ -，以字母或数字开头。")
        elif username and has and has != username:
            row.blame(layout, "username", f"此人已有账号 {has}；一人只有一个账号，请清空这一格。")
        if row.faults:
            return
        if (post.id, told["role"]) in grants:
            row.known = post
        opens = username and not has
        if opens and row.known:
            row.changes["账号"] = ["", username]
        if opens:
            held[post.person_id], owners[username] = username, post.person_id

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]:
        def act(row: Row) -> str:
            told, refs = row.values, []
            if row.known is None:
                made = granting.grant(actor=actor, post=int(told["_post"]), role=told["role"], institution=int(told["_place"]), at=at,
                                      from_on=day_of(told.get("from_on", "")), until_on=day_of(told.get("until_on", "")))  # fmt: skip
                refs.append(f"grant:{made.pk}")
            if told.get("username") and not Account.objects.filter(person=int(told["_person"])).exists():
                account, _ = accounts.open_account(actor=actor, person=int(told["_person"]), username=told["username"], at=at)
                refs.append(f"account:{account.pk}")
            return " ".join(refs) or f"post:{told['_post']}"

        return one_by_one(rows, act)

    @transaction.atomic
    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None:
        """Take the roles back and close accounts that nobody has signed in with."""
        named = [part for ref in refs for part in ref.split()]
        opened = Account.objects.filter(pk__in=[int(part.removeprefix("account:")) for part in named if part.startswith("account:")])
        used = opened.exclude(last_login=None).select_related("person").first()
        if used is not None:
            raise Refused("in_use", f"{used.person.name}已用账号 {used.username} 登录过，不能整批撤销；请到“权限”中逐人收回。")
        for account in opened.filter(is_active=True):
            accounts.disable_account(actor=actor, account=account.pk, at=at)
        for grant in Grant.objects.filter(pk__in=[int(part.removeprefix("grant:")) for part in named if part.startswith("grant:")], until_on=None):
            granting.revoke(actor=actor, grant=grant.pk, at=at)

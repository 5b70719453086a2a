"""The resident says yes by signature, code or paper, or says no; nobody answering, the proposal lapses and the place is free again."""

from __future__ import annotations

import hmac
import io
import secrets
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from PIL import Image, UnidentifiedImageError

from yilianti.care.contract import access, book, rules
from yilianti.care.contract.actions import moving
from yilianti.care.contract.models import Code, Confirmation, Contract, Obligation
from yilianti.care.contract.terms import Item, Kind, Said, Signer, State, Way
from yilianti.kernel import attaching
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.residents import api as residents

LARGEST_PICTURE, _LEAST_INK = 300 * 1024, 60


def confirm(*, actor: Actor, number: str, said: Said, at: datetime) -> Contract:
    """From here on it holds: promised items get their days, the earlier contract moves aside, the place is one where the resident is in care."""
    if said.way == Way.CODE:
        _try(actor, number, said.code, at)
    given = _checked(said)
    with moving.step(actor=actor, number=number, action="confirm", at=at) as step:
        contract, day = step.contract, timezone.localdate(at)
        phone = _used_code(contract, said, at) if said.way == Way.CODE else ""
        if contract.begins_on < day:
            contract.begins_on, contract.until_on = day, rules.months_after(day, contract.months)
        contract.signed_at = at
        if contract.former is not None:
            _succeed(contract, actor, at)
        Confirmation.objects.create(contract=contract, witnessed_by_id=actor.person, confirmed_at=at, phone=phone, policy_ref=book.edition("agreement", day, actor.scope).policy_ref, **given)
        Obligation.objects.bulk_create(_promised(contract))
        residents.note_relation(contract.resident_id, contract.institution_id, at)
        step.facts |= {"way": said.way, "signer": said.signer, "former": contract.former.number if contract.former else ""}
    return step.contract


def refuse(*, actor: Actor, number: str, because: str, at: datetime) -> Contract:
    """The resident does not want it; the place is free again."""
    if not because.strip():
        raise Refused("reason_missing", "请写明居民为什么不同意。", "say why", field="because")
    with moving.step(actor=actor, number=number, action="refuse", at=at) as step:
        step.text = because.strip()[:400]
    return step.contract


@transaction.atomic
def lapse_due(*, at: datetime, limit: int = 500) -> int:
    """Proposals nobody confirmed in time; returns how many."""
    day, numbers = timezone.localdate(at), []
    for number in Contract.objects.filter(state="proposed", lapses_on__lt=day).order_by("id").values_list("number", flat=True)[:limit]:
        with moving.step(actor=Actor.system(), number=number, action="lapse", at=at):
            numbers.append(number)
    return len(numbers)


@transaction.atomic
def send_code(*, actor: Actor, number: str, at: datetime) -> Code:
    """A fresh code for the telephone in the resident's record; a handover sends it. Earlier codes no longer count."""
    contract = moving.locked(actor, number)
    if not access.may(actor, "confirm", contract):
        raise Refused("not_permitted", "您所在的岗位不能办理签约确认；请由为居民服务的家庭医生办理。", "not permitted")
    if contract.state != State.PROPOSED:
        raise Refused("wrong_state", f"签约“{State.label(contract.state)}”，不用再确认；请刷新页面。", "nothing to confirm")
    person = residents.standing_for(contract.resident_id)
    if not person.phone:
        raise Refused("phone_missing", "居民档案里没有电话，发不了确认码；请先补上电话，或请居民在屏幕上签名。", "no telephone", field="way")
    if person.texts_refused_at is not None:
        raise Refused("texts_refused", "居民不收短信；请居民在屏幕上签名，或用纸质协议。", "texts refused", field="way")
    minutes = int(book.edition("handling", timezone.localdate(at), actor.scope).code_minutes)
    if contract.codes.filter(sent_at__gt=at - timedelta(minutes=1)).exists():
        raise Refused("too_often", "一分钟内刚发过确认码；请稍等，或请居民查看短信。", "too often")
    contract.codes.filter(expires_at__gt=at).update(expires_at=at)
    made = Code.objects.create(contract=contract, code=f"{secrets.randbelow(1_000_000):06d}", phone=person.phone, sent_at=at, expires_at=at + timedelta(minutes=minutes))
    moving.record("contract.code_sent", actor=actor, contract=contract, at=at, facts={"code": made.pk, "phone": residents.mask_phone(person.phone)})
    return made


def _try(actor: Actor, number: str, typed: str, at: datetime) -> None:
    """Count a wrong code before anything is refused: a refusal takes back what its transaction wrote."""
    with transaction.atomic():
        contract = moving.locked(actor, number)
        live = _live(contract, at)
        most = int(book.edition("handling", timezone.localdate(at), actor.scope).code_tries)
        spent = live is not None and live.tries >= most
        wrong = live is not None and not spent and not _same(live.code, typed)
        if wrong and live is not None:
            live.tries += 1
            live.save(update_fields=["tries"])
            moving.record("contract.code_wrong", actor=actor, contract=contract, at=at, facts={"tries": live.tries})
    if live is None:
        raise Refused("code_expired", "没有有效的确认码：没有发过，或已过期；请重新发送。", "no live code", field="code")
    if spent or (wrong and live.tries >= most):
        raise Refused("code_spent", f"确认码已输错 {most} 次，不能再用；请重新发送。", "too many tries", field="code")
    if wrong:
        raise Refused("code_wrong", f"确认码不对，还可以再试 {most - live.tries} 次；请居民念出短信里的六位数字。", "wrong code", field="code")


def _live(contract: Contract, at: datetime) -> Code | None:
    found = contract.codes.select_for_update().filter(expires_at__gt=at).order_by("-id").first()
    return found if found is not None and found.code else None


def _same(code: str, typed: str) -> bool:
    return hmac.compare_digest(code.encode(), typed.strip().encode())


def _used_code(contract: Contract, said: Said, at: datetime) -> str:
    """The code is emptied; returns the masked telephone it was sent to."""
    live = _live(contract, at)
    if live is None or not _same(live.code, said.code):
        raise Refused("code_expired", "没有有效的确认码：没有发过，或已过期；请重新发送。", "no live code", field="code")
    live.code = ""
    live.save(update_fields=["code"])
    return residents.mask_phone(live.phone)


def _checked(said: Said) -> dict[str, object]:
    """What is kept of the confirmation, or why it will not do."""
    if said.way not in set(Way) or said.signer not in set(Signer):
        raise Refused("way_missing", "请选择居民怎样确认：屏幕签名、手机确认码或纸质协议。", "choose a way", field="way")
    if said.signer == Signer.GUARDIAN and not (said.signer_name.strip() and said.relation.strip()):
        raise Refused("guardian_missing", "由监护人或家属确认的，请填写其姓名和与居民的关系。", "who signs for them?", field="signer_name")
    kept: dict[str, object] = {"way": said.way, "signer": said.signer, "signer_name": said.signer_name.strip()[:96], "relation": said.relation.strip()[:24]}
    if said.way == Way.SIGNATURE:
        kept["picture"] = _signature(said.picture)
    if said.way == Way.PAPER:
        if not said.file:
            raise Refused("scan_missing", "请附上签好字的纸质协议（PDF 或照片）。", "scan is missing", field="file")
        kept["file_name"], kept["file"] = attaching.checked(said.file_name, said.file)
    return kept


def _signature(picture: bytes) -> bytes:
    """A PNG with strokes in it; an empty pad is no signature."""
    if len(picture) > LARGEST_PICTURE:
        raise Refused("picture_large", "签名图片太大；请清除后重签。", "picture too large", field="picture")
    try:
        image = Image.open(io.BytesIO(picture), formats=["PNG"])
        ink = sum(image.convert("RGBA").getchannel("A").histogram()[128:]) if max(image.size) <= 2_000 else 0
    except (UnidentifiedImageError, OSError, ValueError):
        ink = 0
    if ink < _LEAST_INK:
        raise Refused("signature_missing", "签名框里还没有字；请居民用手指或鼠标签名。", "no signature", field="picture")
    return picture


def _succeed(contract: Contract, actor: Actor, at: datetime) -> None:
    assert contract.former is not None
    former = Contract.objects.select_for_update(of=("self",)).select_related("team").get(pk=contract.former.pk)
    if contract.kind == Kind.RENEWAL:
        moving.follow(former, actor, "renew", at, facts={"follower": contract.number})
    else:
        stopped = max(contract.begins_on, former.begins_on)
        moving.follow(former, actor, "change", at, stopped_on=stopped, facts={"follower": contract.number})


def _promised(contract: Contract) -> list[Obligation]:
    """Every item of every package, with its days in the cycle."""
    made = []
    for package in contract.packages:
        for told in package["items"]:
            item = Item(**{**told, "tags": tuple(told["tags"])})
            spans: list[tuple[date, date]] = rules.windows(item, contract.begins_on, contract.until_on)
            made += [Obligation(contract=contract, package=package["code"], package_kind=package["kind"], item=item.code, name=item.name, nature=item.nature, service=item.service,
                                part=part, opens_on=opens, due_on=due, price=item.price) for part, (opens, due) in enumerate(spans, 1)]  # fmt: skip
    return made

"""How 云溪县 is governed: a charter, a list of powers, a committee with townships and a village in it, a resolution, a meeting to come."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from demo.places import CONSORTIUM, COUNTY, SINCE, TCM, TOWNSHIPS
from demo.staff import Staff
from yilianti import policybook
from yilianti.kernel.actor import Actor
from yilianti.registry.governance import actions
from yilianti.registry.governance.models import Council
from yilianti.registry.governance.terms import DocumentText, Edition, Motion

#: who sits: staff key, office, vote
SEATS = (
    ("manager", "chair", True), ("card", "vice_chair", True), ("tcm", "member", True), ("daoxiang", "member", True), ("zhuqiao", "member", True),
    ("shitan", "member", True), ("qinghe", "member", True), ("office", "secretary", False),
)  # fmt: skip
MEMBERS = (COUNTY, TCM, *TOWNSHIPS)
LIMIT = "clinical.referral.answer_limit"


def found(staff: Staff, now: datetime) -> None:
    """Papers and a decided meeting before the platform's first day, and one meeting next week."""
    office = Actor.system("演示装入", consortium=CONSORTIUM)
    long_ago = datetime(2025, 12, 18, 9, tzinfo=timezone.get_current_timezone())
    _papers(staff, office, long_ago)
    council = _council(staff, office, long_ago)
    _decided(staff, council, long_ago)
    held_at = (timezone.localtime(now) + timedelta(days=6)).replace(hour=9, minute=0, second=0, microsecond=0)
    actions.convene(actor=office, council_id=council.id, title="管理委员会季度会议", held_at=held_at, place="县人民医院三楼会议室",
                    items=["双向转诊答复情况", "择期转诊答复时限是否调整"], at=now - timedelta(hours=2))  # fmt: skip


def _papers(staff: Staff, office: Actor, at: datetime) -> None:
    lead, village = staff.county.id(COUNTY), staff.county.id("daoxiang")
    members = tuple(staff.county.id(key) for key in MEMBERS)
    texts = (
        DocumentText("charter", "（示例）云溪县紧密型县域医共体章程", SINCE, None, members, (
            ("term", None, "管理委员会是医共体的议事决策机构，成员单位派人参加，乡镇卫生院和村卫生室的委员不少于三分之一。"),
            ("right", lead, "代表全体成员单位与医保经办机构签订协议。"), ("duty", lead, "公开预算、分配办法和各项本地参数，变更须经管理委员会议决。"),
            ("right", village, "对本机构的考核、分配提出意见，对议案投票。"), ("term", None, "三分之二以上有表决权的委员到会方可表决。"),
        )),
        DocumentText("power_list", "（示例）云溪县医共体权责清单", SINCE, date(2027, 1, 1), members, (
            ("right", lead, "统一组织影像、心电、检验诊断，统一药品采购。"), ("duty", lead, "在承诺时限内答复转诊，向乡镇派驻医师。"),
            ("duty", village, "首诊、随访，按清单管理慢性病患者。"),
        )),
    )  # fmt: skip
    for text in texts:
        document = actions.draft(actor=office, consortium=CONSORTIUM, text=text, at=at)
        actions.circulate(actor=office, number=document.number, at=at)
        for member in members:
            actions.sign(actor=office, number=document.number, institution_id=member, signed_by="（示例）法定代表人", signed_on=SINCE, at=at)


def _council(staff: Staff, office: Actor, at: datetime) -> Council:
    council = actions.found_council(actor=office, consortium=CONSORTIUM, kind="committee", name="云溪县医共体管理委员会", founded_on=SINCE, at=at)
    for key, title, votes in SEATS:
        post = staff.posts[key]
        actions.seat(actor=office, council_id=council.id, person_id=post.person_id, institution_id=post.institution_id, office=title, has_vote=votes, from_on=SINCE, at=at)
    return council


def _decided(staff: Staff, council: Council, at: datetime) -> None:
    """The answer limit that holds since New Year was decided, by hands raised."""
    office = Actor.system("演示装入", consortium=CONSORTIUM)
    meeting = actions.convene(actor=office, council_id=council.id, title="管理委员会第一次会议", held_at=at, place="县人民医院三楼会议室", items=["转诊答复时限"], at=at)
    base = policybook.by_ref(f"{LIMIT}@2026-01-01#local/{CONSORTIUM}")
    edition = Edition(LIMIT, base.effective_from.isoformat(), base.given.plain())
    motion = Motion("关于转诊答复时限的决议", "择期转诊的答复时限定为 8 小时，紧急 2 小时，急诊 30 分钟，自 2026 年 1 月 1 日起执行。", "policy", edition=edition)
    resolution = actions.propose(actor=office, number=meeting.number, motion=motion, at=at)
    seats = list(council.seats.order_by("id"))
    actions.open_meeting(actor=office, number=meeting.number, present=[seat.id for seat in seats], at=at)
    actions.put_to_vote(actor=office, number=resolution.number, at=at)
    for seat, choice in zip([seat for seat in seats if seat.has_vote], ["for"] * 5 + ["against", "abstain"], strict=True):
        actions.record_vote(actor=office, number=resolution.number, seat_id=seat.id, choice=choice, at=at + timedelta(minutes=10))
    actions.close_vote(actor=office, number=resolution.number, at=at + timedelta(minutes=20))
    actions.enact(actor=office, number=resolution.number, at=at + timedelta(minutes=20))
    actions.close_meeting(actor=office, number=meeting.number, minutes="讨论各乡镇答复情况；乡镇委员建议择期先按 8 小时试行，一年后再议。", at=at + timedelta(hours=1))

"""What is written down in governance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from yilianti.policybook import Edition as PolicyEdition
from yilianti.policybook import proposing
from yilianti.policybook.proposing import Cell
from yilianti.registry.governance.models import Document
from yilianti.registry.governance.pages import showing
from yilianti.registry.governance.terms import (
    Ballot,
    Choice,
    ClauseKind,
    CouncilKind,
    DocumentKind,
    DocumentText,
    Matter,
    Office,
    ResolutionState,
)  # fmt: skip
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Consortium

Choices = list[tuple[Any, str]]
SPARE_CLAUSES = 6


def members_of(of: Consortium) -> Choices:
    return [(b.institution.id, "　" * b.depth + b.institution.name) for b in institutions.tree_of(of, timezone.localdate())]


def choose(form: forms.Form, name: str, choices: Choices) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def day(label: str, *, required: bool = True, help_text: str = "", initial: Any = timezone.localdate) -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text, initial=initial if required else None,
                           widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                           error_messages={"required": f"请填写{label}。", "invalid": f"{label}应形如 2026-01-01。"})  # fmt: skip


def words(label: str, longest: int, *, required: bool = True, rows: int = 0, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget, help_text=help_text, error_messages={"required": f"请填写{label}。"})


class FilterForm(forms.Form):
    text = forms.CharField(label="查找", required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search", "placeholder": "标题、决议编号"}))
    state = forms.ChoiceField(label="决议状态", required=False, choices=[("", "全部"), *ResolutionState.choices()])


class BecauseForm(forms.Form):
    because = words("原因", 200)


class CouncilForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=CouncilKind.choices())
    name = words("名称", 96)
    founded_on = day("设立日期")


class SeatForm(forms.Form):
    person_id = forms.ChoiceField(label="人员", help_text="成员单位在岗的人员，按机构排列。", error_messages={"required": "请选择人员。"})
    office = forms.ChoiceField(label="职务", choices=Office.choices(), initial=Office.MEMBER.value)
    has_vote = forms.BooleanField(label="有表决权", required=False, initial=True)
    from_on = day("就任日期")

    def __init__(self, *args: Any, staff: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "person_id", [("", "请选择"), *staff])

    def told(self) -> dict[str, Any]:
        """The seat as the action takes it: a choice names person and institution."""
        person, _, place = self.cleaned_data["person_id"].partition("@")
        return {**self.cleaned_data, "person_id": int(person), "institution_id": int(place)}


class UnseatForm(forms.Form):
    until_on = day("离任日期", help_text="从这一天起不再在任；此前的表决不受影响。")


class ConveneForm(forms.Form):
    title = words("会议名称", 120)
    held_at = forms.DateTimeField(label="开会时间", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
                                  error_messages={"required": "请填写开会时间。", "invalid": "开会时间不完整。"})  # fmt: skip
    place = words("地点", 80, required=False)
    items = words("议程", 2000, required=False, rows=4, help_text="一行一个议题。")


class ItemForm(forms.Form):
    title = words("议题", 120)
    note = words("说明", 400, required=False)


class PresentForm(forms.Form):
    present = forms.TypedMultipleChoiceField(label="到会", coerce=int, widget=forms.CheckboxSelectMultiple, error_messages={"required": "请勾选到会的委员。"})

    def __init__(self, *args: Any, seats: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "present", seats)


class MinutesForm(forms.Form):
    minutes = words("会议纪要", 8000, rows=6)


class VoteForm(forms.Form):
    choice = forms.ChoiceField(label="表决", choices=[(c.value, c.zh) for c in (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN, Choice.RECUSED)],
                               error_messages={"required": "请选择赞成、反对、弃权或回避。"})  # fmt: skip
    because = words("回避原因", 200, required=False)


class RecordForm(VoteForm):
    seat_id = forms.IntegerField(widget=forms.HiddenInput)


class ChoosePolicyForm(forms.Form):
    """First the policy and the day, then its values."""

    policy = forms.ChoiceField(label="同时调整本地参数", required=False)
    effective_from = day("新版本生效日期", required=False)

    def __init__(self, *args: Any, policies: Sequence[PolicyEdition], **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "policy", [("", "不调整"), *((e.code, e.title) for e in policies)])


class MotionForm(forms.Form):
    title = words("标题", 120)
    text = words("正文", 8000, rows=5)
    matter = forms.ChoiceField(label="事项", choices=Matter.choices(), help_text="决定须过半数还是三分之二以上。")
    ballot = forms.ChoiceField(label="表决方式", choices=Ballot.choices())
    revokes = forms.ChoiceField(label="废止此前的决议", required=False)
    policy = forms.CharField(required=False, widget=forms.HiddenInput)
    effective_from = forms.CharField(required=False, widget=forms.HiddenInput)
    corrects = forms.BooleanField(label="现行版本有误，本版本予以更正", required=False)

    def __init__(self, *args: Any, revocable: Choices, base: PolicyEdition | None, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "revokes", [("", "不废止"), *revocable])
        self.base = base
        self.cells = proposing.cells(base) if base is not None else ()
        for cell in self.cells:
            self.fields[f"cell:{cell.key}"] = _field(cell)
        if base is None or not base.place.startswith("local/"):
            del self.fields["corrects"]

    @property
    def cell_rows(self) -> list[tuple[Cell, str, Any]]:
        """Each value as it is now, with its control."""
        return [(cell, showing.plain(cell.now), self[f"cell:{cell.key}"]) for cell in self.cells]

    def values(self) -> dict[str, Any]:
        """The plain values as the form says."""
        assert self.base is not None
        return proposing.changed(self.base, {cell.key: _answer(cell, self.cleaned_data[f"cell:{cell.key}"]) for cell in self.cells})


def _field(cell: Cell) -> forms.Field:
    named: dict[str, Any] = {"label": cell.label, "initial": cell.now, "error_messages": {"required": f"请填写“{cell.label}”。", "invalid": f"“{cell.label}”的写法不对。"}}
    if isinstance(cell.now, bool):
        return forms.BooleanField(required=False, label=cell.label, initial=cell.now)
    if isinstance(cell.now, int | float):
        return (forms.IntegerField if isinstance(cell.now, int) else forms.FloatField)(**named)
    if isinstance(cell.now, tuple):
        return forms.CharField(widget=forms.Textarea(attrs={"rows": min(8, len(cell.now) + 1)}), **{**named, "initial": "\n".join(cell.now)}, help_text="一行一项。")
    return forms.CharField(**named)


def _answer(cell: Cell, said: Any) -> Any:
    if isinstance(cell.now, tuple):
        return tuple(line.strip() for line in said.splitlines() if line.strip())
    return said


class DocumentForm(forms.Form):
    """A document with its parties; its clauses are rows of three controls each, the empty ones left out."""

    kind = forms.ChoiceField(label="种类", choices=DocumentKind.choices())
    title = words("标题", 120)
    effective_from = day("生效日期")
    effective_until = day("到期日期", required=False, help_text="从这一天起不再有效；长期有效的不填。")
    parties = forms.TypedMultipleChoiceField(label="当事方", coerce=int, widget=forms.CheckboxSelectMultiple, error_messages={"required": "请勾选当事方。"})

    def __init__(self, *args: Any, of: Consortium, clauses: int = 0, **options: Any) -> None:
        super().__init__(*args, **options)
        members = [(value, name.strip("　")) for value, name in members_of(of)]
        choose(self, "parties", members)
        for n in range(1, clauses + SPARE_CLAUSES + 1):
            self.fields[f"kind_{n}"] = forms.ChoiceField(label=f"第 {n} 条类别", choices=ClauseKind.choices(), initial=ClauseKind.TERM.value, required=False)
            self.fields[f"party_{n}"] = forms.TypedChoiceField(label=f"第 {n} 条属于", coerce=int, empty_value=None, required=False, choices=[("", "各方"), *members])
            self.fields[f"text_{n}"] = forms.CharField(label=f"第 {n} 条内容", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
        self.count = clauses + SPARE_CLAUSES

    @property
    def clause_rows(self) -> list[tuple[int, Any, Any, Any]]:
        return [(n, self[f"kind_{n}"], self[f"party_{n}"], self[f"text_{n}"]) for n in range(1, self.count + 1)]

    def text(self) -> DocumentText:
        said = self.cleaned_data
        clauses = tuple((said[f"kind_{n}"] or ClauseKind.TERM.value, said[f"party_{n}"], said[f"text_{n}"]) for n in range(1, self.count + 1) if said[f"text_{n}"].strip())
        return DocumentText(said["kind"], said["title"], said["effective_from"], said["effective_until"], tuple(said["parties"]), clauses)

    @staticmethod
    def of_document(document: Document) -> dict[str, Any]:
        """Initial values."""
        told: dict[str, Any] = {name: getattr(document, name) for name in ("kind", "title", "effective_from", "effective_until")}
        told["parties"] = [party.institution_id for party in document.parties.all()]
        for clause in document.clauses.all():
            told |= {f"kind_{clause.position}": clause.kind, f"party_{clause.position}": clause.party_id, f"text_{clause.position}": clause.text}
        return told


class SignForm(forms.Form):
    institution_id = forms.TypedChoiceField(label="当事方", coerce=int, error_messages={"required": "请选择当事方。"})
    signed_by = words("签署人", 48)
    signed_on = day("签署日期")

    def __init__(self, *args: Any, unsigned: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "institution_id", unsigned)


class EndForm(BecauseForm):
    ended_on = day("终止日期", help_text="从这一天起不再有效。")


class FileForm(forms.Form):
    file = forms.FileField(label="文件", error_messages={"required": "请选择文件。"})


class EvidenceForm(forms.Form):
    criterion = forms.ChoiceField(label="标准")
    subject = forms.ChoiceField(label="文件或决议", required=False)
    note = words("说明", 400, required=False, help_text="没有电子文件的，写明佐证是什么、存放在哪里。")

    def __init__(self, *args: Any, criteria: Choices, papers: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "criterion", criteria)
        choose(self, "subject", [("", "无"), *papers])

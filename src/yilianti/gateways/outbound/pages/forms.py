"""Forms of the outbox: filters, giving up, a destination."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django import forms

from yilianti.gateways.outbound.actions.keeping import Particulars
from yilianti.gateways.outbound.actions.mending import REASON_LENGTH
from yilianti.gateways.outbound.models import Destination
from yilianti.gateways.outbound.queries import Narrowing
from yilianti.gateways.outbound.terms import EVENTS, Channel, State

#: What a destination is told about itself: a path for gateways over HTTP, the rest for HL7.
SETTINGS = ("path", "application", "facility", "sending_facility", "encoding", "version")


class FilterForm(forms.Form):
    """What narrows the list."""

    text = forms.CharField(label="类型、控制号或对象", required=False, max_length=96, strip=True, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *State.choices()])
    destination = forms.TypedChoiceField(label="目的地", required=False, coerce=int, empty_value=None)
    before = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**62)

    def __init__(self, *args: Any, destinations: list[Destination], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(row.pk), f"{row.institution.short_name} · {row.name}") for row in destinations]
        self.fields["destination"].choices = [("", "全部"), *named]  # type: ignore[attr-defined]

    def narrowing(self) -> Narrowing:
        """The filters as the query takes them; a field in error narrows nothing."""
        self.is_valid()
        return Narrowing(**{name: value for name, value in self.cleaned_data.items() if value})


class GiveUpForm(forms.Form):
    reason = forms.CharField(label="放弃原因", max_length=REASON_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3}),
                             help_text="放弃后对方不会收到这条消息；原因记入日志。")  # fmt: skip


class DestinationForm(forms.Form):
    """A system of an institution: where it listens, what it wants to be told, how it reads."""

    institution = forms.TypedChoiceField(label="机构", coerce=int)
    channel = forms.ChoiceField(label="通道", choices=Channel.choices())
    name = forms.CharField(label="名称", max_length=64, help_text="如“县医院 HIS”。")
    host = forms.CharField(label="主机", max_length=200, help_text="IP 地址或域名，不带端口。")
    port = forms.IntegerField(label="端口", min_value=1, max_value=65535, initial=2575)
    wants = forms.MultipleChoiceField(label="要告知的事", required=False, widget=forms.CheckboxSelectMultiple,
                                      choices=[(str(event), event.zh) for event in dict.fromkeys(chain(*EVENTS.values()))])  # fmt: skip
    path = forms.RegexField(r"/[!-~]*", label="接口路径（短信、即时通讯）", max_length=200, required=False, help_text="如 /sms/send；不填为 /messages。")
    application = forms.CharField(label="接收系统（MSH-5）", max_length=64, required=False)
    facility = forms.CharField(label="接收机构代码（MSH-6）", max_length=64, required=False)
    sending_facility = forms.CharField(label="我方代码（MSH-4）", max_length=64, required=False, help_text="不填为 YILIANTI。")
    encoding = forms.ChoiceField(label="字符集", choices=[("utf-8", "UTF-8"), ("gb18030", "GB 18030")], required=False)
    version = forms.ChoiceField(label="HL7 版本", choices=[("2.5.1", "2.5.1"), ("2.5", "2.5"), ("2.6", "2.6")], required=False)
    tls = forms.BooleanField(label="TLS 加密", required=False)
    authority = forms.CharField(label="信任的 CA 证书（PEM）", required=False, widget=forms.Textarea(attrs={"rows": 3}),
                                help_text="对方用自签证书时填写；不填按本机信任的证书核对。")  # fmt: skip
    secret = forms.CharField(label="口令或密钥", required=False, widget=forms.PasswordInput, help_text="短信网关等需要时填写；加密保存，不填不改。")

    def __init__(self, *args: Any, institutions: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].choices = institutions  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(row: Destination) -> dict[str, Any]:
        """What an existing destination shows; the secret never."""
        shown = {name: getattr(row, name) for name in ("channel", "name", "host", "port", "wants", "tls", "authority")}
        return {**row.settings, **shown, "institution": row.institution_id}

    def particulars(self) -> Particulars:
        """The form's content as the action takes it (after is_valid)."""
        said = dict(self.cleaned_data)
        settings = {name: said.pop(name) for name in SETTINGS}
        return Particulars(settings={name: value for name, value in settings.items() if value}, **said)

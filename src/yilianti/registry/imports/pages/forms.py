"""The file, and the names of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from yilianti.kernel.tables.layout import Layout
from yilianti.kernel.tables.opening import guessed, matched


class BringForm(forms.Form):
    file = forms.FileField(
        label="填好的文件", allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}), error_messages={"required": "请选择文件。"},
    )  # fmt: skip

    def __init__(self, layout: Layout, *given: Any) -> None:
        super().__init__(*given)
        size, rows = layout.most_bytes // 1024 // 1024, layout.most_rows // 10_000
        self.fields["file"].help_text = f"Excel（.xlsx）或 CSV（UTF-8、GB18030），至多 {size} MB、{rows} 万行。先预览，确认后才写入。"


def mapping_form(layout: Layout, headings: Sequence[str]) -> forms.Form:
    """A choice of heading for every column, the likely one already chosen."""
    likely = _likely(layout, headings)
    form = forms.Form(auto_id="id_%s")
    offered = [("", "（文件中没有）"), *((heading, heading) for heading in dict.fromkeys(headings) if heading)]
    for column in layout.columns:
        form.fields[f"column-{column.key}"] = forms.ChoiceField(label=column.label, choices=offered, required=column.required, initial=likely[column.key], help_text=column.note)
    return form


def _likely(layout: Layout, headings: Sequence[str]) -> dict[str, str]:
    """A heading for each column, "" for none; each heading once, because what is one column is hardly another as well, and first where one is required."""
    found = {key: headings[place] for key, place in matched(layout, headings).items()}
    free = [heading for heading in headings if heading not in found.values()]
    for column in sorted(layout.columns, key=lambda one: not one.required):
        if column.key not in found:
            found[column.key] = guessed(column, free)
            free = [heading for heading in free if heading != found[column.key]]
    return found

"""Addresses of diagnosis; a step's address ends with its verb."""

from django.urls import path

from yilianti.care.diagnosis.pages import (
    agreement,
    critical,
    listing,
    ordering,
    quality,
    reading,
    signing,
    steps,
    views,
    waveforms,
)

app_name = "diagnosis"
urlpatterns = [
    path("", listing.worklist, name="worklist"),
    path("pile", listing.pile, name="pile"),
    path("new", ordering.new, name="new"),
    path("claim_next", steps.claim_next, name="claim_next"),
    path("quality/", quality.quality, name="quality"),
    path("quality/export.xlsx", quality.export, name="export_quality"),
    path("agreement/", agreement.agreement, name="agreement"),
    path("agreement/export.xlsx", agreement.export, name="export_agreement"),
    path("critical/", critical.ledger, name="critical"),
    path("critical/export.xlsx", critical.export, name="export_critical"),
    path("critical/<int:critical>/acknowledge", critical.acknowledge, name="acknowledge"),
    path("critical/<int:critical>/resolve", critical.resolve, name="resolve"),
    path("critical/<int:critical>/note_unreachable", critical.note_unreachable, name="note_unreachable"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/tracing", waveforms.tracing, name="tracing"),
    path("<str:number>/beats", waveforms.beats, name="beats"),
    path("<str:number>/original", views.original, name="original"),
    path("<str:number>/report-<int:version>.pdf", views.report, name="report"),
    path("<str:number>/report-<int:version>/signature", signing.signature, name="signature"),
    path("<str:number>/report-<int:version>/standing", signing.standing, name="standing"),
    path("<str:number>/report-<int:version>/signed.zip", signing.signed, name="signed"),
    path("<str:number>/read_again", reading.read_again, name="read_again"),
    *(path(f"<str:number>/{verb}", view, name=verb) for verb, view in steps.VIEWS.items()),
]

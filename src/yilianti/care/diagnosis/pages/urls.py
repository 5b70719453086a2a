"""Addresses of diagnosis; a step's address ends with its verb."""

from django.urls import path

from yilianti.care.diagnosis.pages import (
    agreement,
    cashier,
    critical,
    delegating,
    listing,
    ordering,
    quality,
    reading,
    signing,
    steps,
    templating,
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
    path("charges/", cashier.day, name="charges"),
    path("charges/export.xlsx", cashier.export, name="export_charges"),
    path("critical/", critical.ledger, name="critical"),
    path("critical/export.xlsx", critical.export, name="export_critical"),
    path("critical/<int:critical>/acknowledge", critical.acknowledge, name="acknowledge"),
    path("critical/<int:critical>/resolve", critical.resolve, name="resolve"),
    path("critical/<int:critical>/note_unreachable", critical.note_unreachable, name="note_unreachable"),
    path("delegations/", delegating.delegations, name="delegations"),
    path("delegations/<int:delegation>/end", delegating.end_delegation, name="end_delegation"),
    path("templates/", templating.templates, name="templates"),
    path("templates/keep", templating.keep_template, name="keep_template"),
    path("templates/<int:template>/drop", templating.drop_template, name="drop_template"),
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

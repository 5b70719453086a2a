"""Addresses of referral; a step's address ends with its verb."""

from django.urls import path

from yilianti.care.referral.pages import (
    applying,
    calendar,
    certificates,
    filtering,
    listing,
    reconciling,
    screening,
    statistics,
    steps,
    talking,
    views,
)

app_name = "referral"
urlpatterns = [
    path("", listing.worklist, name="worklist"),
    path("export.csv", listing.export, {"kind": "csv"}, name="export"),
    path("export.xlsx", listing.export, {"kind": "xlsx"}, name="export_excel"),
    path("filters", filtering.filters, name="filters"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/export.xlsx", statistics.export, name="export_statistics"),
    path("certificates/", certificates.certificates, name="certificates"),
    path("certificates/<str:certificate>.pdf", certificates.download, name="certificate"),
    path("certificates/<str:certificate>/revoke", certificates.revoke, name="revoke_certificate"),
    path("pile", views.pile, name="pile"),
    path("new", applying.new, name="new"),
    path("diagnoses", applying.diagnoses, name="diagnoses"),
    path("receiver", applying.receiver, name="receiver"),
    path("line", reconciling.line, name="line"),
    path("free_places", applying.free_places, name="free_places"),
    path("batches/", screening.batches, name="batches"),
    path("batches/new", screening.new, name="new_batch"),
    path("batches/<str:number>/", screening.batch, name="batch"),
    path("batches/<str:number>/accept", screening.accept, name="accept_batch"),
    path("arrivals/", views.arrivals, name="arrivals"),
    path("arrivals/<str:encounter>/answer", steps.answer_arrival, name="answer_arrival"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/edit", applying.edit, name="edit"),
    path("<str:number>/certify", views.certify, name="certify"),
    path("<str:number>/issue_certificate", certificates.issue, name="issue_certificate"),
    path("<str:number>/print", views.printed, name="print"),
    path("<str:number>/offer_home", applying.offer_home, name="offer_home"),
    path("<str:number>/recall", applying.recall, name="recall"),
    path("<str:number>/say", talking.say, name="say"),
    path("<str:number>/note_milestone", talking.note_milestone, name="note_milestone"),
    *(path(f"<str:number>/{verb}", view, name=verb) for verb, view in steps.VIEWS.items()),
]

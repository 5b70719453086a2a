"""Addresses of supervision; a step's address ends with its verb."""

from django.urls import path

from yilianti.settlement.supervision.pages import pile, points, steps, views

app_name = "supervision"
urlpatterns = [
    path("", views.worklist, name="worklist"),
    path("export.xlsx", views.export, name="export"),
    path("pile", pile.pile, name="pile"),
    path("of", pile.of_claim, name="of_claim"),
    path("scan", views.scan, name="scan"),
    path("points/", points.points, name="points"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/print", views.printed, name="print"),
    path("<str:number>/files/<int:statement>", views.attachment, name="attachment"),
    *(path(f"<str:number>/{verb}", view, name=verb) for verb, view in steps.VIEWS.items()),
]

"""Addresses of grouping results."""

from django.urls import path

from yilianti.settlement.claims.pages import grouped

app_name = "groups"
urlpatterns = [
    path("", grouped.overview, name="overview"),
    path("export.xlsx", grouped.export, name="export"),
    path("cases.csv", grouped.cases, name="cases"),
    path("<str:drg>/", grouped.group, name="group"),
]

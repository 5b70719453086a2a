"""Addresses of grouping results, of questions on codes and of the start page's fragment, before the numbers of bills."""

from django.urls import path

from yilianti.settlement.claims.pages import asking, desk, grouped

app_name = "groups"
urlpatterns = [
    path("figures", desk.figures, name="figures"),
    path("groups/", grouped.overview, name="overview"),
    path("groups/export.xlsx", grouped.export, name="export"),
    path("groups/cases.csv", grouped.cases, name="cases"),
    path("groups/<str:drg>/", grouped.group, name="group"),
    path("questions/", asking.questions, name="questions"),
]

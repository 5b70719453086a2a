"""Addresses of the figures."""

from django.urls import path

from yilianti.insight.indicators.pages import drilling, promises, views

app_name = "indicators"
urlpatterns = [
    path("", views.wall, name="wall"),
    path("tiles", views.tiles, name="tiles"),
    path("promises/", promises.promises, name="promises"),
    path("promises/export.xlsx", promises.export, name="export_promises"),
    path("promises/of", promises.of, name="promise_of"),
    path("<str:code>/", views.card, name="card"),
    path("<str:code>/rows", drilling.behind, name="rows"),
    path("<str:code>/rows/export", drilling.export, name="export"),
]

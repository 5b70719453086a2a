"""Addresses of the figures."""

from django.urls import path

from yilianti.insight.indicators.pages import drilling, views

app_name = "indicators"
urlpatterns = [
    path("", views.wall, name="wall"),
    path("tiles", views.tiles, name="tiles"),
    path("<str:code>/", views.card, name="card"),
    path("<str:code>/rows", drilling.behind, name="rows"),
    path("<str:code>/rows/export", drilling.export, name="export"),
]

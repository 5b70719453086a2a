"""Doors for people."""

from django.urls import path

from yilianti.desks import views

app_name = "desks"
urlpatterns = [
    path("", views.start, name="start"),
    path("style/", views.style, name="style"),
]

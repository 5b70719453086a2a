"""Addresses of the help."""

from django.urls import path

from yilianti.desks.help import views

app_name = "help"
urlpatterns = [
    path("", views.contents, name="contents"),
    path("about", views.about, name="about"),
    path("pictures/<str:name>", views.picture, name="picture"),
    path("<str:name>/", views.chapter, name="chapter"),
]

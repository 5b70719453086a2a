"""Addresses of the directory of services."""

from django.urls import path

from yilianti.capacity.services.pages import keeping, views

app_name = "services"
urlpatterns = [
    path("", views.directory, name="directory"),
    path("options", views.options, name="options"),
    path("of/<int:institution>/", views.of_institution, name="of_institution"),
    path("of/<int:institution>/offer", keeping.offer, name="offer"),
    path("of/<int:institution>/note_capability", keeping.note_capability, name="note_capability"),
    path("of/<int:institution>/note_travel", keeping.note_travel, name="note_travel"),
    path("capabilities/<int:capability>/end", keeping.end_capability, name="end_capability"),
    path("ways/<int:travel>/forget", keeping.forget_travel, name="forget_travel"),
    path("<int:service>/", views.detail, name="detail"),
    path("<int:service>/amend", keeping.amend, name="amend"),
    path("<int:service>/withdraw", keeping.withdraw, name="withdraw"),
]

"""Addresses of results."""

from django.urls import path

from yilianti.record.results.pages import views

app_name = "results"
urlpatterns = [
    path("of-encounter/<str:number>/", views.of_encounter, name="of_encounter"),
    path("<str:number>/", views.detail, name="detail"),
]

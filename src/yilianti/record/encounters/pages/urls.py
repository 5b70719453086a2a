"""Addresses of encounters."""

from django.urls import path

from yilianti.record.encounters.pages import views

app_name = "encounters"
urlpatterns = [path("<str:number>/", views.detail, name="detail")]

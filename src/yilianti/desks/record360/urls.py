"""Addresses of the 360° page."""

from django.urls import path

from yilianti.desks.record360 import views

app_name = "record"
urlpatterns = [
    path("copy/<str:number>", views.copy, name="copy"),
    path("evidence/<str:value>", views.evidence, name="evidence"),
    path("<str:number>/", views.overview, name="overview"),
    path("<str:number>/reason", views.give_reason, name="reason"),
    path("<str:number>/summary", views.summary, name="summary"),
]

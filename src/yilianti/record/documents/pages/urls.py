"""Addresses of documents."""

from django.urls import path

from yilianti.record.documents.pages import views

app_name = "documents"
urlpatterns = [
    path("of-encounter/<str:number>/", views.of_encounter, name="of_encounter"),
    path("<str:number>/", views.detail, name="detail"),
]

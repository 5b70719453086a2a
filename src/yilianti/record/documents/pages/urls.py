"""Addresses of documents."""

from django.urls import path

from yilianti.record.documents.pages import files, views

app_name = "documents"
urlpatterns = [
    path("of-encounter/<str:number>/", views.of_encounter, name="of_encounter"),
    path("of/<str:number>/attach", files.attach, name="attach"),
    path("<str:number>/file", files.file, name="file"),
    path("<str:number>/", views.detail, name="detail"),
]

"""Addresses of ECG devices."""

from django.urls import path

from yilianti.gateways.ecg_devices.pages import files, folders, views

app_name = "ecg_devices"
urlpatterns = [
    path("files/", files.listing, name="files"),
    path("files/<int:number>", files.detail, name="file"),
    path("files/<int:number>/claim", files.claim, name="claim"),
    path("files/<int:number>/set_aside", files.set_aside, name="set_aside"),
    path("folders/", folders.listing, name="folders"),
    path("folders/new", folders.new, name="new_folder"),
    path("folders/<int:folder>", folders.edit, name="folder"),
    path("folders/<int:folder>/switch", folders.switch, name="switch"),
    path("<str:number>/upload", views.upload, name="upload"),
]

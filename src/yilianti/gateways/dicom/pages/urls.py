"""Addresses of the DICOM door."""

from django.urls import path

from yilianti.gateways.dicom.pages import objects, senders

app_name = "dicom"
urlpatterns = [
    path("", objects.listing, name="objects"),
    path("<int:number>", objects.detail, name="object"),
    path("<int:number>/claim", objects.claim, name="claim"),
    path("<int:number>/set_aside", objects.set_aside, name="set_aside"),
    path("senders", senders.listing, name="senders"),
    path("senders/new", senders.new, name="new_sender"),
    path("senders/<int:sender>", senders.edit, name="sender"),
    path("senders/<int:sender>/switch", senders.switch, name="switch"),
]

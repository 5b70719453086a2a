"""Addresses of the message pages."""

from django.urls import path

from yilianti.gateways.hl7v2.pages import exams, views

app_name = "hl7v2"
urlpatterns = [
    path("", views.messages, name="messages"),
    path("<int:number>", views.message, name="message"),
    path("<int:number>/replay", views.replay, name="replay"),
    path("<int:number>/set_aside", views.set_aside, name="set_aside"),
    path("exams/<str:number>", exams.exam, name="exam"),
    path("exams/<str:number>/resend", exams.resend, name="resend"),
    path("mappings", views.mappings, name="mappings"),
    path("mappings/map_code", views.map_code, name="map_code"),
    path("mappings/<int:number>/unmap_code", views.unmap_code, name="unmap_code"),
]

"""Addresses of ECG devices."""

from django.urls import path

from yilianti.gateways.ecg_devices.pages import views

app_name = "ecg_devices"
urlpatterns = [path("<str:number>/upload", views.upload, name="upload")]

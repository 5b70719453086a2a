"""Addresses of appointments."""

from django.urls import path

from yilianti.capacity.schedules.pages import views

app_name = "schedules"
urlpatterns = [path("of/<str:number>/", views.of_resident, name="of_resident")]

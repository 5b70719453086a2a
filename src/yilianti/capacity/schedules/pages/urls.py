"""Addresses of appointments, sessions, beds and reservations."""

from django.urls import path

from yilianti.capacity.schedules.pages import choosing, keeping, views, waiting

app_name = "schedules"
urlpatterns = [
    path("", views.week, name="week"),
    path("beds/", views.beds, name="beds"),
    path("reservations/", views.reservations, name="reservations"),
    path("waiting/", waiting.waiting, name="waiting"),
    path("waiting/export.xlsx", waiting.export, name="export_waiting"),
    path("waiting/<str:number>/remove", waiting.remove, name="remove"),
    path("of/<str:number>/", views.of_resident, name="of_resident"),
    path("open", keeping.open_schedule, name="open_schedule"),
    path("count_beds", keeping.count_beds, name="count_beds"),
    path("choose", choosing.choose, name="choose"),
    path("hold", choosing.hold, name="hold"),
    path("sessions/<int:schedule>/close", keeping.close_schedule, name="close_schedule"),
    path("reservations/<str:number>/release", choosing.release, name="release"),
]

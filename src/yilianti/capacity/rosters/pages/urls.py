"""Addresses of rosters."""

from django.urls import path

from yilianti.capacity.rosters.pages import planning, views

app_name = "rosters"
urlpatterns = [
    path("", views.index, name="index"),
    path("order/<int:institution>/", planning.order, name="order"),
    path("<int:institution>/<str:service>/", views.week, name="week"),
    path("<int:institution>/<str:service>/plan", planning.plan, name="plan"),
    path("<int:institution>/<str:service>/unplan", planning.unplan, name="unplan"),
    path("<int:institution>/<str:service>/restore_day", planning.restore_day, name="restore_day"),
    path("<int:institution>/<str:service>/copy_week", planning.copy_week, name="copy_week"),
]

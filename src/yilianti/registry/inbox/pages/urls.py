from django.urls import path

from yilianti.registry.inbox.pages import views

app_name = "inbox"
urlpatterns = [
    path("", views.worklist, name="worklist"),
    path("recent", views.recent, name="recent"),
    path("badge", views.badge, name="badge"),
    path("<int:item>/acknowledge", views.acknowledge, name="acknowledge"),
    path("<int:item>/finish", views.finish, name="finish"),
]

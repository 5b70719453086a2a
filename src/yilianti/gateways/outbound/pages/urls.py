"""Addresses of the outbox."""

from django.urls import path

from yilianti.gateways.outbound.pages import destinations, views

app_name = "outbound"
urlpatterns = [
    path("", views.messages, name="messages"),
    path("replay_all", views.replay_all, name="replay_all"),
    path("<int:number>", views.message, name="message"),
    path("<int:number>/replay", views.replay, name="replay"),
    path("<int:number>/give_up", views.give_up, name="give_up"),
    path("destinations", destinations.listing, name="destinations"),
    path("destinations/new", destinations.new, name="new_destination"),
    path("destinations/<int:destination>", destinations.edit, name="destination"),
    path("destinations/<int:destination>/switch", destinations.switch, name="switch"),
    path("destinations/<int:destination>/try_out", destinations.try_out, name="try_out"),
]

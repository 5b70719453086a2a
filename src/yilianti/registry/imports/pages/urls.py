"""Addresses of imports."""

from django.urls import path

from yilianti.registry.imports.pages import views

app_name = "imports"
urlpatterns = [
    path("", views.ledger, name="ledger"),
    path("kinds/<str:kind>/", views.bring, name="bring"),
    path("kinds/<str:kind>/template", views.template, name="template"),
    path("kinds/<str:kind>/export", views.export, name="export"),
    path("<int:number>/", views.detail, name="detail"),
    path("<int:number>/progress", views.progress, name="progress"),
    path("<int:number>/columns", views.columns, name="columns"),
    path("<int:number>/apply", views.apply, name="apply"),
    path("<int:number>/discard", views.discard, name="discard"),
    path("<int:number>/undo", views.undo, name="undo"),
    path("<int:number>/errors", views.errors, name="errors"),
    path("<int:number>/passwords", views.passwords, name="passwords"),
]

"""Only this room's addresses, so that its tests need no other room's pages."""

from django.urls import include, path

urlpatterns = [
    path("", include("yilianti.registry.access.pages.urls")),
    path("inbox/", include("yilianti.registry.inbox.pages.urls")),
]

handler403 = "yilianti.config.errors.forbidden"
handler404 = "yilianti.config.errors.not_found"
handler500 = "yilianti.config.errors.failed"

from django.urls import path

from yilianti.registry.inbox.pages import absences, items, settings, views, views_kept

app_name = "inbox"
urlpatterns = [
    path("", views.worklist, name="worklist"),
    path("recent", views.recent, name="recent"),
    path("badge", views.badge, name="badge"),
    path("acknowledge", views.acknowledge_many, name="acknowledge_many"),
    path("absences/", absences.absences, name="absences"),
    path("absences/enter", absences.enter, name="enter_absence"),
    path("absences/enter_for", absences.enter_for, name="enter_absence_for"),
    path("absences/end", absences.end, name="end_absence"),
    path("settings/", settings.settings, name="settings"),
    path("settings/choose", settings.choose, name="choose"),
    path("settings/phone", settings.phone, name="phone"),
    path("settings/confirm", settings.confirm, name="confirm_phone"),
    path("settings/forget", settings.forget, name="forget_phone"),
    path("views/", views_kept.views, name="views"),
    path("views/keep", views_kept.keep, name="keep_view"),
    path("views/rename", views_kept.rename, name="rename_view"),
    path("views/drop", views_kept.drop, name="drop_view"),
    path("<int:item>/", items.detail, name="detail"),
    path("<int:item>/see", items.see, name="see"),
    path("<int:item>/acknowledge", items.acknowledge, name="acknowledge"),
    path("<int:item>/finish", items.finish, name="finish"),
    path("<int:item>/reopen", items.reopen, name="reopen"),
    path("<int:item>/claim", items.claim, name="claim"),
    path("<int:item>/give_back", items.give_back, name="give_back"),
    path("<int:item>/hand_over", items.hand_over, name="hand_over"),
]

from django.urls import path

from yilianti.registry.access.pages import accounts, deciding, login, looks, password, trails

app_name = "access"
urlpatterns = [
    path("login/", login.sign_in, name="login"),
    path("logout/", login.sign_out, name="logout"),
    path("password/", password.change, name="password"),
    path("post/", login.choose_post, name="choose_post"),
    path("access/", accounts.directory, name="directory"),
    path("access/open/", accounts.open_account, name="open"),
    path("access/<int:account>/", accounts.detail, name="detail"),
    path("access/<int:account>/disable", deciding.disable, name="disable"),
    path("access/<int:account>/enable", deciding.enable, name="enable"),
    path("access/<int:account>/reset-password", deciding.reset_password, name="reset_password"),
    path("access/<int:account>/grant", deciding.grant, name="grant"),
    path("access/grants/<int:grant>/revoke", deciding.revoke, name="revoke"),
    path("access/log/between", looks.between, name="between"),
    path("access/of/<str:number>/", looks.of_resident, name="of_resident"),
    path("access/log/", trails.looks, name="looks"),
    path("access/log/export", trails.export_looks, name="export_looks"),
    path("access/door/", trails.door, name="door"),
    path("audit/", trails.journal, name="journal"),
    path("audit/verify", trails.verify, name="verify"),
]

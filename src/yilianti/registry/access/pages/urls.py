from django.urls import path

from yilianti.registry.access.pages import login, password

app_name = "access"
urlpatterns = [
    path("login/", login.sign_in, name="login"),
    path("logout/", login.sign_out, name="logout"),
    path("password/", password.change, name="password"),
    path("post/", login.choose_post, name="choose_post"),
]

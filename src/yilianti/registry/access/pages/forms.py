"""Forms of the access pages."""

from __future__ import annotations

from django import forms


class LoginForm(forms.Form):
    username = forms.CharField(label="账号", max_length=48)
    password = forms.CharField(label="密码", max_length=200, strip=False, widget=forms.PasswordInput)


class PasswordForm(forms.Form):
    old_password = forms.CharField(label="当前密码", max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new_password1 = forms.CharField(label="新密码", max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    new_password2 = forms.CharField(label="再输一次新密码", max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean_new_password2(self) -> str:
        again = self.cleaned_data["new_password2"]
        if again != self.cleaned_data.get("new_password1", again):
            raise forms.ValidationError("两次输入的新密码不一致。")
        return str(again)

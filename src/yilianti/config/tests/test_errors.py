"""What is said where there is no page."""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_an_address_that_only_takes_a_form_says_so() -> None:
    answer = Client().get("/logout/")
    assert answer.status_code == 405 and answer.headers["Allow"] == "POST"
    assert "只用来提交内容" in answer.content.decode() and "回到工作台" in answer.content.decode()

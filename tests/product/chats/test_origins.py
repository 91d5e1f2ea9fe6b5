"""Only the pages that a site lists may talk as its visitors."""

from __future__ import annotations

from uuid import uuid4

from tests.conftest import Api
from tests.driving import json_of

LISTED, FOREIGN = "https://shop.example", "https://evil.example"


def test_a_site_without_a_list_takes_every_page(api: Api) -> None:
    account = api.sign_up()
    visitor = api.visitor(account.site_key)
    message = {"id": str(uuid4()), "text": "Hello"}
    answer = visitor.http.post("/v1/widget/me/messages", json=message, headers={"origin": FOREIGN})
    assert answer.status_code == 201


def test_a_list_shuts_the_others_out(api: Api) -> None:
    account = api.sign_up()
    visitor = api.visitor(account.site_key)
    path = f"/v1/sites/{account.site_id}"
    json_of(account.http.patch(path, json={"allowed_origins": [LISTED]}))
    for method, call, body in (
        ("GET", f"/v1/widget/{account.site_key}", None),
        ("POST", f"/v1/widget/{account.site_key}/visitors", {"language": "en"}),
        ("GET", "/v1/widget/me", None),
        ("POST", "/v1/widget/me/messages", {"id": str(uuid4()), "text": "No"}),
        ("GET", "/v1/widget/me/stream", None),
    ):
        answer = visitor.http.request(method, call, json=body, headers={"origin": FOREIGN})
        assert json_of(answer, 403)["code"] == "origin_not_allowed", call
    assert visitor.events() == []
    for origin in (LISTED, LISTED.upper(), api.server.url):
        message = {"id": str(uuid4()), "text": "Yes"}
        answer = visitor.http.post(
            "/v1/widget/me/messages", json=message, headers={"origin": origin}
        )
        assert answer.status_code == 201, origin
    visitor.say("A script without an origin is judged by its token alone")

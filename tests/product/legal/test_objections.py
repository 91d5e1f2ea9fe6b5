"""An objection to a sub-processor switches off what it is for, where that can be switched."""

from __future__ import annotations

import asyncio
import io
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from PIL import Image

from chathaven.base.settings import SettingError
from chathaven.engines.database.hash_chain import sha256
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.canonical import canonical
from chathaven.engines.vault.keyring import Keyring
from chathaven.product.legal.installation import Subprocessor, read
from chathaven.product.legal.subprocessors import entry_hash
from tests.product.legal.conftest import hoster, write
from tests.product.rights.desk import Someone, come, made
from tests.product.served import Company, Served, fresh_email, serve


async def in_force(served: Served, name: str) -> None:
    ground = served.process.ground
    async with ground.database.transaction() as tx:
        await (await tx.driver()).execute(
            "UPDATE subprocessor_notices SET in_force_from = now() WHERE id = %s", (name,)
        )


async def attach(who: Someone) -> httpx.Response:
    picture = io.BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    return await who.http.post(
        "/v1/widget/me/files",
        data={"id": str(uuid4())},
        files={"file": ("dot.png", picture.getvalue(), "image/png")},
    )


async def only(owner: httpx.AsyncClient) -> dict[str, Any]:
    [found] = made(await owner.get("/v1/legal/subprocessors"))["items"]
    return dict(found)


def test_an_entry_without_a_feature_is_the_one_it_was() -> None:
    """Or every installation would announce all its companies anew."""
    old = hoster()
    assert "feature" not in old
    entry = msgspec.convert(old, Subprocessor)
    plain = {**old, "transfer_tool": None}
    assert msgspec.json.decode(msgspec.json.encode(entry)) == plain
    assert entry_hash(entry) == sha256(canonical(plain))


async def test_files_stay_off_for_who_objected_and_for_nobody_else(
    customer: Company, urls: DatabaseUrls, keyring: Keyring
) -> None:
    data = customer.served.data
    name = f"n{UUID(customer.id).hex[:20]}"
    write(data, subprocessors=[hoster(name, feature="files")])
    async with serve(urls, data, keyring.path) as again:
        owner = await again.sign_in(customer.email)
        mine = Company(again, owner, customer.email, customer.made)
        other = await again.sign_up()
        path = f"/v1/legal/subprocessors/{name}/objections"
        objected = made(await owner.post(path, json={}), 201)
        assert (objected["feature"], objected["state"]) == ("files", "objected")
        vera, wanda = await come(again, mine), await come(again, other)
        # Until its day nothing has changed.
        assert (await attach(vera)).status_code == 201
        await in_force(again, name)
        refused = await attach(vera)
        assert (refused.status_code, refused.json()["code"]) == (403, "feature_off")
        assert (await attach(wanda)).status_code == 201
        await vera.say("Writing goes on")
        taken_back = made(await owner.delete(path))
        assert (taken_back["state"], taken_back["objection"]) == ("in-force", None)
        assert (await attach(vera)).status_code == 201
        assert (await owner.delete(path)).status_code == 404


async def test_objecting_twice_at_once_is_one_objection(
    customer: Company, urls: DatabaseUrls, keyring: Keyring
) -> None:
    data = customer.served.data
    name = f"n{UUID(customer.id).hex[:20]}"
    write(data, subprocessors=[hoster(name)])
    async with serve(urls, data, keyring.path) as again:
        owner = await again.sign_in(customer.email)
        path = f"/v1/legal/subprocessors/{name}/objections"
        answers = await asyncio.gather(*(owner.post(path, json={}) for _ in range(4)))
        objected = [made(each, 201)["objection"]["id"] for each in answers]
        assert len(set(objected)) == 1
        # So that taking it back once takes back all of it.
        assert made(await owner.delete(path))["state"] == "announced"


async def test_letters_to_visitors_go_by_other_ways(
    customer: Company, urls: DatabaseUrls, keyring: Keyring
) -> None:
    data = customer.served.data
    name = f"n{UUID(customer.id).hex[:20]}"
    write(data, subprocessors=[hoster(name, feature="visitor-mail")])
    async with serve(urls, data, keyring.path) as again:
        owner = await again.sign_in(customer.email)
        mine = Company(again, owner, customer.email, customer.made)
        made(await owner.post(f"/v1/legal/subprocessors/{name}/objections", json={}), 201)
        vera = await come(again, mine, email=fresh_email("vera"))
        request = await vera.ask("access", text="All of it")
        shown = made(await owner.get(f"/v1/requests/{request['id']}"))
        assert shown["way"] == "email"
        await in_force(again, name)
        shown = made(await owner.get(f"/v1/requests/{request['id']}"))
        assert shown["way"] == "widget"


async def test_where_there_is_nothing_to_switch_it_is_said(
    customer: Company, urls: DatabaseUrls, keyring: Keyring
) -> None:
    data = customer.served.data
    name = f"n{UUID(customer.id).hex[:20]}"
    write(data, subprocessors=[hoster(name)])
    async with serve(urls, data, keyring.path) as again:
        owner = await again.sign_in(customer.email)
        found = await only(owner)
        assert (found["state"], found["feature"]) == ("announced", None)


@pytest.mark.parametrize("feature", ["everything", 1])
def test_another_feature_stops_the_start(tmp_path: Any, feature: Any) -> None:
    write(tmp_path, subprocessors=[hoster(feature=feature)])
    with pytest.raises(SettingError, match="feature"):
        read(tmp_path)

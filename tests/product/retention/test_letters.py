"""Letters in DATA/outbox hold names and links; they go like everything else that has had its time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from chathaven.base.ids import new_id
from chathaven.engines.ground import Ground
from chathaven.engines.mail.letters import WRITTEN
from chathaven.engines.mail.post import Post
from chathaven.product.retention.classes import LETTERS
from chathaven.product.retention.letters import sweep_letters
from tests.conftest import Api
from tests.driving import Server, json_of
from tests.product.retention.test_runs import due, of_class, run
from tests.product.served import Company, Served

PAST, RECENT = LETTERS.default + 1, LETTERS.default - 1


def write(outbox: Path, about: str | UUID | None, days: int) -> Path:
    """Writes a letter as `Post` does, so many days ago."""
    before = set(outbox.glob("*"))
    person = UUID(str(about)) if about else None
    asyncio.run(Post(None, outbox, "chat@example.com").send("a@b.example", "A", "B", about=person))
    [made] = set(outbox.glob(f"*{person or ''}.eml")) - before
    at = datetime.now(UTC) - timedelta(days=days)
    return made.rename(made.with_name(f"{at:{WRITTEN}}{made.name[22:]}"))


def test_they_go_with_a_run_and_are_counted(api: Api, server: Server, tmp_path: Path) -> None:
    account, other = api.sign_up(), api.sign_up()
    outbox = server.data / "outbox"
    old = write(outbox, account.operator_id, PAST)
    recent = write(outbox, account.operator_id, RECENT)
    others = write(outbox, other.operator_id, PAST)
    here = due(account)["letters"]
    assert here["stores"] == [{"store": "letters", "rows": 1}]
    assert here["rows"] == 1
    assert f"{datetime.fromisoformat(here['oldest']):%Y%m%d}" == old.name[:8]
    tried = of_class(run(account, dry_run=True), "letters")
    assert tried["found"] == {"people": 0, "rows": 1}
    assert tried["rows_removed"] == {}
    assert old.exists()
    report = of_class(run(account), "letters")
    assert report["kept"] == {"count": LETTERS.default, "unit": "days"}
    assert report["rows_removed"] == {"letters": 1}
    assert report["left"] == {"people": 0, "rows": 0}
    assert [each.exists() for each in (old, recent, others)] == [False, True, True]
    assert of_class(run(other), "letters")["rows_removed"] == {"letters": 1}


def test_one_about_somebody_held_stays_as_long_as_they(api: Api, server: Server) -> None:
    account = api.sign_up()
    visitor = api.visitor(account.site_key)
    visitor.say("Hello")
    review = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    path = f"/v1/visitors/{visitor.visitor_id}/holds"
    json_of(account.http.post(path, json={"matter": "A v. B", "review_at": review}), 201)
    letter = write(server.data / "outbox", visitor.visitor_id, PAST)
    assert due(account)["letters"]["rows"] == 0
    run(account)
    assert letter.exists()


async def test_those_of_nobodys_account_are_swept(
    served: Served, company: Company, ground: Ground
) -> None:
    outbox = ground.settings.data / "outbox"

    def written(about: str | UUID | None, days: int) -> Path:
        return write(outbox, about, days)

    nobodys = await asyncio.to_thread(written, None, PAST)
    strangers = await asyncio.to_thread(written, new_id(), PAST)
    recent = await asyncio.to_thread(written, None, RECENT)
    owners = await asyncio.to_thread(written, company.owner_id, PAST)
    (outbox / "notes.txt").write_text("what somebody put there")
    assert await sweep_letters(ground) == 2
    assert [each.exists() for each in (nobodys, strangers)] == [False, False]
    assert [each.exists() for each in (recent, owners)] == [True, True], "the run of its account"
    assert (outbox / "notes.txt").exists()
    assert await sweep_letters(ground) == 0


async def test_half_a_letter_goes_too(served: Served, company: Company, ground: Ground) -> None:
    outbox = ground.settings.data / "outbox"
    whole = await asyncio.to_thread(write, outbox, None, PAST)
    half = whole.rename(whole.with_suffix(".draft"))
    assert await sweep_letters(ground) == 1
    assert not half.exists()

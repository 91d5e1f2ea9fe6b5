"""Bringing the files of chats in: sealed under fresh keys, into the store of this installation."""

from __future__ import annotations

import os
from typing import Any

from chathaven.engines.files.chunks import KEY_BYTES, Sealer
from chathaven.engines.files.objects import Objects, new_object_name
from chathaven.product.messages.files import bound_to, object_place
from chathaven.product.messages.model import File
from chathaven.product.privacy.export_files import places_of
from chathaven.product.privacy.import_file import ExportFile

Values = dict[str, Any]


async def bring_file(objects: Objects, export: ExportFile, values: Values) -> Values:
    """Puts what a file holds into the store; returns its row with the names and the key of here.

    Raises:
        Away: the store does not take it.
        CannotImport: the export does not hold it.
    """
    file, key = File(**values), os.urandom(KEY_BYTES)
    named: Values = {"file_key": key.hex()}
    for place, is_small in places_of(file):
        # Not the names of the export: who wrote it could choose them.
        name = new_object_name()
        named["thumbnail_name" if is_small else "object_name"] = name
        sealer = Sealer(key, bound_to(file.account_id, file.visitor_id, name))
        async with objects.writing(object_place(file, name)) as write:
            for piece in export.pieces(place):
                await write(sealer.add(piece))
            await write(sealer.finish())
    return values | named

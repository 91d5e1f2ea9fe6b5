"""A bucket in memory that speaks as much of S3 as the store of files uses."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


class Bucket:
    """What it holds: whole objects, and parts of those that are not whole yet."""

    def __init__(self) -> None:
        self.url = ""
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.parts_taken = 0


class _Handler(BaseHTTPRequestHandler):
    bucket: Bucket
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def _asked(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        # Path style: /bucket/name
        name = unquote(parts.path).removeprefix("/").partition("/")[2]
        return name, parse_qs(parts.query, keep_blank_values=True)

    def _read(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        name, query = self._asked()
        data = self._read()
        if "partNumber" in query:
            self.bucket.uploads[query["uploadId"][0]][int(query["partNumber"][0])] = data
            self.bucket.parts_taken += 1
        else:
            self.bucket.objects[name] = data
        self._answer(200, ETag='"x"')

    def do_POST(self) -> None:
        name, query = self._asked()
        asked = self._read()
        if "delete" in query:
            names = [name.decode() for name in re.findall(rb"<Key>([^<]+)</Key>", asked)]
            for each in names:
                self.bucket.objects.pop(each, None)
            said = "".join(f"<Deleted><Key>{escape(each)}</Key></Deleted>" for each in names)
            self._xml("DeleteResult", said)
        elif "uploads" in query:
            upload = f"upload-{len(self.bucket.uploads)}"
            self.bucket.uploads[upload] = {}
            said = f"<UploadId>{upload}</UploadId>"
            self._xml("InitiateMultipartUploadResult", said)
        else:
            parts = self.bucket.uploads.pop(query["uploadId"][0])
            self.bucket.objects[name] = b"".join(parts[number] for number in sorted(parts))
            self._xml("CompleteMultipartUploadResult", "<ETag>x</ETag>")

    def do_GET(self) -> None:
        name, query = self._asked()
        if "list-type" in query:
            self._list(query.get("prefix", [""])[0])
        elif name in self.bucket.objects:
            self._answer(
                200,
                self.bucket.objects[name],
                ETag='"x"',
                Last_Modified="Mon, 23 Nov 2026 20:00:00 GMT",
            )
        else:
            self._answer(404)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        name, query = self._asked()
        if "uploadId" in query:
            self.bucket.uploads.pop(query["uploadId"][0], None)
        self.bucket.objects.pop(name, None)
        self._answer(204)

    def _list(self, prefix: str) -> None:
        moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        found = "".join(
            f"<Contents><Key>{escape(name)}</Key><LastModified>{moment}</LastModified>"
            f"<ETag>x</ETag><Size>{len(data)}</Size></Contents>"
            for name, data in sorted(self.bucket.objects.items())
            if name.startswith(prefix)
        )
        self._xml("ListBucketResult", f"<IsTruncated>false</IsTruncated>{found}")

    def _xml(self, name: str, inner: str) -> None:
        body = f'<?xml version="1.0"?><{name} xmlns="{NAMESPACE}">{inner}</{name}>'
        self._answer(200, body.encode(), content_type="application/xml")


@contextmanager
def bucket_server() -> Iterator[Bucket]:
    """Serves a bucket on a port of this machine."""
    bucket = Bucket()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"bucket": bucket}))
    bucket.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

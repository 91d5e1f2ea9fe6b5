"""Draws one picture anew, in a process of its own: `python -m chathaven.engines.files.image_worker`.

It reads the picture from its input and writes to its output one line of JSON, then the new
picture, then its thumbnail. Nothing but pixels comes through: no EXIF, no place, no comment, no
second file behind the first. A decoder that is led astray has no file, no network address, no
secret, a limited memory and a few seconds; and its memory is gone with it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import (
    ExifTags,
    GifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    ImageSequence,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from chathaven.engines.files.kinds import MAX_PIXELS

MAX_FRAMES = 500
MAX_FRAME_PIXELS = 50_000_000
"""All frames of a moving picture together; those that are more are left out."""
DECODERS = (GifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin)
"""Loaded while files can still be opened; a JPEG of several views is read by the third."""
THUMBNAIL = 480
_MEMORY = 1536 * 1024 * 1024
_SECONDS = 30
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
_QUALITY: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 88, "progressive": True},
    "WEBP": {"quality": 88, "method": 3},
    "PNG": {},
    "GIF": {},
}


class Refused(Exception):
    """The picture is not taken; the argument is the reason, a word of a closed list."""


def confine() -> None:
    """Takes from this process what drawing does not need.

    It yields to those who send messages, and where memory is short it is the first to go.
    """
    os.nice(10)
    with contextlib.suppress(OSError):  # Linux has it, others do not.
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
    for kind, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        # The three that are open; no further file or socket is.
        (resource.RLIMIT_NOFILE, 3),
    ):
        _, allowed = resource.getrlimit(kind)
        least = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        try:
            resource.setrlimit(kind, (least, least))
        except ValueError:
            # A Mac takes no limit of memory; all others hold there too.
            if kind != resource.RLIMIT_AS:
                raise


def draw(data: bytes, media_type: str) -> tuple[dict[str, Any], bytes, bytes]:
    """Returns what to say of the new picture, the picture, and its thumbnail.

    Raises:
        Refused: it has too many pixels, or cannot be drawn.
    """
    kind = _FORMATS[media_type]
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as image:
            # Known from the head of the file, before anything is decoded.
            if image.width * image.height > MAX_PIXELS:
                raise Refused("pixels")
            frames = list(_frames(image)) if kind != "JPEG" else []
            if len(frames) > 1:
                drawn = _moving(frames, image, kind)
                first = frames[0][0]
            else:
                first = _still(image)
                drawn = _saved(first, kind)
            said = {"width": first.width, "height": first.height, "size": len(drawn)}
            return said, drawn, _thumbnail(first)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("pixels") from None
    except MemoryError:
        raise Refused("memory") from None
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError):
        # What decoders raise for what they cannot read.
        raise Refused("unreadable") from None


def _bare(image: Image.Image) -> Image.Image:
    """Returns a picture that knows nothing but its pixels."""
    image.load()
    image.info = {}
    return image


def _still(image: Image.Image) -> Image.Image:
    image.seek(0)
    profile = image.info.get("icc_profile")
    transparent = "transparency" in image.info or image.mode in {"RGBA", "LA", "PA"}
    # A camera says in the EXIF data which way is up; it has to be turned before they go.
    ImageOps.exif_transpose(image, in_place=True)
    mode = "RGBA" if transparent else "L" if image.mode in {"1", "L"} else "RGB"
    return _bare(_in_srgb(image, profile, mode))


def _in_srgb(image: Image.Image, profile: bytes | None, mode: str) -> Image.Image:
    """Returns the picture in the colours that a screen takes without a profile."""
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        try:
            return ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            ) or image.convert(mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            # A broken profile is no reason to lose the picture.
            pass
    # Large pictures are not copied where they need not be.
    return image if image.mode == mode else image.convert(mode)


def _frames(image: Image.Image) -> Iterator[tuple[Image.Image, int]]:
    """Yields the frames of a moving picture, with how many milliseconds each stays."""
    if not getattr(image, "is_animated", False):
        return
    most = min(MAX_FRAMES, max(1, MAX_FRAME_PIXELS // (image.width * image.height)))
    for number, frame in enumerate(ImageSequence.Iterator(image)):
        if number == most:
            return
        picture = frame.convert("RGBA")
        # Some decoders know it only once the frame is decoded.
        stays = frame.info.get("duration", 100)
        yield _bare(picture), int(stays) if 0 <= stays <= 60_000 else 100


def _moving(frames: list[tuple[Image.Image, int]], image: Image.Image, kind: str) -> bytes:
    pictures = [frame for frame, _ in frames]
    options: dict[str, Any] = {"duration": [stays for _, stays in frames]}
    repeats = image.info.get("loop")
    if isinstance(repeats, int) and 0 <= repeats <= 1000:
        options["loop"] = repeats
    if kind == "GIF":
        options["disposal"] = 2
    return _saved(pictures[0], kind, save_all=True, append_images=pictures[1:], **options)


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    if kind == "JPEG" and image.mode == "RGBA":
        image = _bare(image.convert("RGB"))
    out = io.BytesIO()
    image.save(out, kind, **_QUALITY[kind], **options)
    return out.getvalue()


def _thumbnail(image: Image.Image) -> bytes:
    """Returns a small copy; it comes last, for the picture itself becomes small."""
    image.thumbnail((THUMBNAIL, THUMBNAIL))
    out = io.BytesIO()
    _bare(image).save(out, "WEBP", quality=80, method=3)
    return out.getvalue()


def _rehearse(media_type: str) -> None:
    """Draws a picture of ours, with which all that is loaded late is loaded while it can be."""
    kind = _FORMATS[media_type]
    colours = ("red", "blue")
    pictures = [Image.new("RGB", (2, 2), colour) for colour in colours]
    more = {} if kind == "JPEG" else {"save_all": True, "append_images": pictures[1:]}
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    draw(_saved(pictures[0], kind, exif=exif, icc_profile=profile), media_type)
    draw(_saved(pictures[0], kind, **more), media_type)


def main() -> int:
    """Draws what comes in; says in JSON what came of it."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    media_type = sys.argv[1]
    _rehearse(media_type)
    confine()
    try:
        said, drawn, small = draw(sys.stdin.buffer.read(), media_type)
    except Refused as refused:
        said, drawn, small = {"refused": str(refused)}, b"", b""
    out = sys.stdout.buffer
    out.write(json.dumps(said).encode() + b"\n" + drawn + small)
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())

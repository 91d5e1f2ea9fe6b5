"""Pictures are drawn anew: what comes out holds pixels, and the server outlives what comes in."""

from __future__ import annotations

import asyncio
import io
import struct
import zlib
from typing import Any

import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from chathaven.base.errors import TooLarge, Unavailable
from chathaven.engines.files import images as engine
from chathaven.engines.files.image_worker import MAX_FRAMES, THUMBNAIL
from chathaven.engines.files.images import Drawn, Images, Unreadable

SECRET = "Quagga-52.5200N-13.4050E"


@pytest.fixture
def images() -> Images:
    return Images()


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def read(drawn: Drawn) -> Image.Image:
    return Image.open(io.BytesIO(drawn.data))


def exif(orientation: int = 1) -> Image.Exif:
    made = Image.Exif()
    made[ExifTags.Base.ImageDescription] = SECRET
    made[ExifTags.Base.Artist] = SECRET
    made[ExifTags.Base.Orientation] = orientation
    made.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSAreaInformation] = SECRET
    return made


XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SECRET}</x:xmpmeta>".encode()


def with_everything(kind: str) -> bytes:
    """Returns a picture with all that a camera or a program can write into it."""
    image = Image.new("RGB", (40, 30), "red")
    options: dict[str, Any] = {"exif": exif()}
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", SECRET)
        info.add_itxt("XML:com.adobe.xmp", XMP.decode())
        options["pnginfo"] = info
    elif kind == "GIF":
        options = {"comment": SECRET.encode()}
    elif kind == "JPEG":
        options |= {"comment": SECRET, "xmp": XMP}
    else:
        options["xmp"] = XMP
    return saved(image, kind, **options)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
async def test_nothing_but_pixels_comes_through(images: Images, kind: str) -> None:
    given = with_everything(kind) + b"PK\x03\x04" + SECRET.encode() + b"<script>"
    assert SECRET.encode() in given
    drawn = await images.draw(given, f"image/{kind.lower()}")
    for data in (drawn.data, drawn.thumbnail):
        assert SECRET.encode() not in data
        assert b"<script>" not in data
        assert b"PK\x03\x04" not in data
        assert b"xmpmeta" not in data
        image = Image.open(io.BytesIO(data))
        assert not image.getexif()
        assert not image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        assert "comment" not in image.info
        assert "icc_profile" not in image.info
    assert read(drawn).format == kind
    assert (drawn.width, drawn.height) == read(drawn).size == (40, 30)


async def test_a_photo_keeps_its_way_up(images: Images) -> None:
    photo = Image.new("RGB", (40, 20), "white")
    photo.paste("red", (0, 0, 10, 10))
    drawn = await images.draw(saved(photo, "JPEG", exif=exif(6), quality=95), "image/jpeg")
    assert (drawn.width, drawn.height) == (20, 40)
    # Turned to the right, the corner above left is above right.
    red, green, _ = read(drawn).convert("RGB").getpixel((18, 2))  # type: ignore[misc]  # RGB
    assert red > 200
    assert green < 60


async def test_transparency_and_colours_stay(images: Images) -> None:
    clear = Image.new("RGBA", (8, 8), (10, 200, 30, 40))
    drawn = await images.draw(saved(clear, "PNG"), "image/png")
    assert read(drawn).getpixel((3, 3)) == (10, 200, 30, 40)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plain = Image.new("RGB", (8, 8), (10, 200, 30))
    drawn = await images.draw(saved(plain, "PNG", icc_profile=profile), "image/png")
    assert read(drawn).getpixel((3, 3)) == (10, 200, 30)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "CMYK", "I;16"])
async def test_every_kind_of_picture_is_drawn(images: Images, mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    drawn = await images.draw(saved(Image.new(mode, (9, 7)), kind), f"image/{kind.lower()}")
    assert read(drawn).size == (9, 7)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
async def test_a_moving_picture_moves(images: Images, kind: str) -> None:
    colours = ("red", "green", "blue", "white", "black")
    frames = [Image.new("RGB", (30, 20), colour) for colour in colours]
    given = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=120, loop=0)
    drawn = read(await images.draw(given, f"image/{kind.lower()}"))
    assert getattr(drawn, "n_frames", 1) == 5
    drawn.seek(2)
    assert drawn.convert("RGB").getpixel((5, 5)) == pytest.approx((0, 0, 255), abs=8)
    assert drawn.info["duration"] == 120


async def test_frames_have_an_end(images: Images) -> None:
    frames = [Image.new("L", (2, 2), index % 256) for index in range(MAX_FRAMES + 40)]
    given = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=20)
    drawn = read(await images.draw(given, "image/gif"))
    # The same picture twice is one frame, so that there may be fewer.
    assert 200 < getattr(drawn, "n_frames", 1) <= MAX_FRAMES


async def test_a_thumbnail_is_small(images: Images) -> None:
    drawn = await images.draw(saved(Image.new("RGB", (1500, 700)), "JPEG"), "image/jpeg")
    small = Image.open(io.BytesIO(drawn.thumbnail))
    assert (small.format, small.size) == ("WEBP", (THUMBNAIL, 224))


def huge_png(width: int, height: int) -> bytes:
    """Returns a PNG whose head promises more pixels than anybody has memory for."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    packed = zlib.compress(b"\0" * 100_000, 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(60_000, 60_000), (40_000, 1_001), (2**31 - 1, 2**31 - 1)])
async def test_a_flood_of_pixels_is_not_decoded(images: Images, size: tuple[int, int]) -> None:
    with pytest.raises((TooLarge, Unreadable)) as refused:
        await images.draw(huge_png(*size), "image/png")
    if size[0] < 2**30:
        assert isinstance(refused.value, TooLarge)
        assert "40 megapixels" in refused.value.detail


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + b"\xff" * 500,
        huge_png(50, 50)[:60],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\0" * 20,
    ],
)
async def test_what_is_no_picture_is_refused(images: Images, data: bytes) -> None:
    with pytest.raises(Unreadable):
        await images.draw(data, "image/png")


async def test_a_picture_is_read_as_what_it_is_alone(images: Images) -> None:
    """No decoder is led to a format by the bytes that was not recognised before."""
    with pytest.raises(Unreadable):
        await images.draw(saved(Image.new("RGB", (4, 4)), "BMP"), "image/png")


async def test_one_that_never_ends_is_ended(
    images: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_PATIENCE", 0.01)
    with pytest.raises(Unreadable):
        await images.draw(saved(Image.new("RGB", (400, 400)), "PNG"), "image/png")


async def test_memory_for_pictures_has_an_end(images: Images) -> None:
    with images.room() as keep:
        keep(engine.IN_MEMORY - 5)
        with images.room() as keep_more:
            keep_more(5)
            with pytest.raises(Unavailable):
                keep_more(1)
        keep(5)
    with images.room() as keep:
        keep(engine.IN_MEMORY)


async def test_a_few_are_drawn_at_once(images: Images, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way = most = 0

    async def counted(data: bytes, media_type: str) -> bytes:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return b'{"width":1,"height":1,"size":0}\n'

    monkeypatch.setattr(engine, "_asked", counted)
    await asyncio.gather(*(images.draw(b"x", "image/png") for _ in range(12)))
    assert most == engine.AT_ONCE

"""Pictures of the notebooks as files of their own, so that a page is small and loads them late."""

from __future__ import annotations

import hashlib
import io
import re
from base64 import b64decode
from pathlib import Path

from PIL import Image

INLINE = re.compile(r'src="data:image/png;base64,([A-Za-z0-9+/=\s]+)"')
# What stands in a page's source for the address of a picture: pages lie in folders.
PLACE = "book-picture:"


def taken_out(html: str, folder: Path) -> str:
    """Put the pictures inside some HTML into `folder`, and their size and a placeholder there.

    A browser that knows a picture's shape leaves room for it before it comes.
    """
    return INLINE.sub(lambda found: _replacement(b64decode(found[1]), folder), html)


def _replacement(png: bytes, folder: Path) -> str:
    with Image.open(io.BytesIO(png)) as picture:
        width, height = picture.size
    name = stored(png, folder)
    return f'src="{PLACE}{name}" data-shape="{width}/{height}" loading="lazy" decoding="async"'


def stored(png: bytes, folder: Path) -> str:
    """Store a picture as lossless WebP, a third smaller than its PNG; return the file's name."""
    name = hashlib.sha256(png).hexdigest()[:16] + ".webp"
    target = folder / name
    if not target.exists():
        with Image.open(io.BytesIO(png)) as picture:
            picture.save(target, "webp", lossless=True, quality=80, method=4)
    return name

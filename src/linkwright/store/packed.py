"""Texts as they are stored: a large one is packed while it is made, so that it never lies about whole."""

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

PACKED_BYTES = 256 * 1024
"""From this size on a text is packed."""
MARK = b"\0packed1:"
"""No text begins so."""
_SIZE_BYTES = 8
_HEAD_BYTES = len(MARK) + _SIZE_BYTES
_RAW, _FASTEST = -15, 1
_END = b"\3\0"


def packed(pieces: Iterable[bytes]) -> bytes:
    """What is stored of the text that the pieces make; one that is not large, as it is."""
    pieces, begun, size = iter(pieces), list[bytes](), 0
    for piece in pieces:
        begun.append(piece)
        size += len(piece)
        if size >= PACKED_BYTES:
            return _packed(chain(begun, pieces))
    return b"".join(begun)


def packed_within(before: bytes, stored: bytes, after: bytes) -> bytes:
    """A stored text with something before and behind it, without unpacking it.

    Packed pieces that end with a byte, and none of which looks back to the one before, are one when put together.
    """
    if not _is_packed(stored):
        return before + stored + after
    size = len(before) + size_of(stored) + len(after)
    inner = memoryview(stored)[_HEAD_BYTES : -len(_END)]
    return b"".join((_head(size), *_pressed([before]), inner, *_pressed([after]), _END))


def unpacked(stored: bytes) -> bytes:
    """The text of which this is stored."""
    if not _is_packed(stored):
        return stored
    # room for exactly so many bytes, else all of them are copied once more
    return zlib.decompress(memoryview(stored)[_HEAD_BYTES:], _RAW, size_of(stored))


def size_of(stored: bytes) -> int:
    """Of the text, in bytes."""
    return int.from_bytes(stored[len(MARK) : _HEAD_BYTES]) if _is_packed(stored) else len(stored)


def _is_packed(stored: bytes) -> bool:
    return stored.startswith(MARK)


def _head(size: int) -> bytes:
    return MARK + size.to_bytes(_SIZE_BYTES)


def _packed(pieces: Iterable[bytes]) -> bytes:
    size = 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for piece in pieces:
            size += len(piece)
            yield piece

    inner = list(_pressed(counted()))
    return b"".join((_head(size), *inner, _END))


def _pressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    press = zlib.compressobj(_FASTEST, zlib.DEFLATED, _RAW)
    yield from filter(None, map(press.compress, pieces))
    yield press.flush(zlib.Z_SYNC_FLUSH)

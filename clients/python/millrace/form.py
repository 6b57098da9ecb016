"""A form of multipart/form-data, as files are uploaded."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Iterable, Mapping, Tuple, Union
from urllib.parse import quote

#: The bytes of a file, its text, or where it lies.
Content = Union[bytes, bytearray, memoryview, str, "os.PathLike[str]"]
Files = Union[Mapping[str, Content], Iterable[Tuple[str, Content]]]


def encode(files: Files) -> Tuple[str, bytes]:
    """The media type and the body of a form with a part named `file` for each."""
    boundary = secrets.token_hex(16)
    pairs = files.items() if isinstance(files, Mapping) else files
    pieces = []
    for name, content in pairs:
        pieces.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
            f"filename*=UTF-8''{quote(name, safe='')}\r\n\r\n".encode() + _bytes(content) + b"\r\n"
        )
    pieces.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(pieces)


def _bytes(content: Content) -> bytes:
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content)
    return content.encode() if isinstance(content, str) else Path(content).read_bytes()

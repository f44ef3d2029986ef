"""Counts and delays the flushes of a server, by a few lines of C that are loaded into it."""

import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("flushes.c")


def compiled(folder: Path) -> Path | None:
    """The library, None where there is no gcc: then flushes are not counted, and the table says so."""
    gcc = shutil.which("gcc")
    if gcc is None:
        return None
    library = folder / "flushes.so"
    subprocess.run([gcc, "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"], check=True)
    return library


@dataclass(frozen=True)
class Flushes:
    """The numbers that one server shares with us."""

    file: Path

    def environment(self, library: Path | None) -> dict[str, str]:
        self.file.write_bytes(struct.pack("=QQ", 0, 0))
        return {} if library is None else {"LD_PRELOAD": str(library), "FLUSHES": str(self.file)}

    def count(self) -> int:
        return int(struct.unpack("=QQ", self.file.read_bytes())[0])

    def add_delay(self, micros: int) -> None:
        with self.file.open("r+b") as file:
            file.seek(8)
            file.write(struct.pack("=Q", micros))

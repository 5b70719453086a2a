"""How a cluster of our own hands finished WAL segments to the backup: whole, on disk, never over another file."""

from __future__ import annotations

import shlex
from pathlib import Path

SECONDS = 60  # an idle segment is closed after this long, so no more than a minute is only on the server's own disk

# Run by the server as its own user. A repeat of the same segment is no error; another content under the same name is.
SCRIPT = """#!/bin/sh
# $1 segment, $2 its name, $3 folder of the backup, $4 present once a first full backup was begun
set -eu
[ -e "$4" ] || exit 0
kept="$3/$2.gz"
if [ -e "$kept" ]; then
    gzip -dc "$kept" | cmp -s - "$1" && exit 0
    echo "WAL archive: $kept holds something else, it is not overwritten" >&2
    exit 1
fi
draft="$3/.$2.$$"
trap 'rm -f "$draft"' EXIT
gzip -1 -c "$1" > "$draft"
sync "$draft"
mv -n "$draft" "$kept"
[ ! -e "$draft" ] || exit 1
sync "$3"
"""


def settings(script: Path, into: Path, marker: Path) -> list[str]:
    """PostgreSQL's settings for archiving into a folder. Nothing is kept before the first full backup: nothing could use it."""
    words = " ".join(shlex.quote(str(path)) for path in (into, marker))
    command = f"/bin/sh {shlex.quote(str(script))} %p %f {words}"
    return ["archive_mode=on", f"archive_timeout={SECONDS}", f"archive_command={command}"]

"""The operating system's refusals as errors that say what to do."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from pss_kg.errors import WorkspaceError


@contextlib.contextmanager
def storage_errors(where: Path) -> Iterator[None]:
    """Turn the operating system's refusals into errors that say what to do."""
    try:
        yield
    except OSError as error:
        raise explained(error, where) from error
    except sqlite3.OperationalError as error:
        if "full" in str(error) or "disk I/O" in str(error):
            raise WorkspaceError(
                "the disk is full.", where=str(where), todo="Free some space and run the same command again."
            ) from error
        if "readonly" in str(error) or "unable to open" in str(error):
            raise WorkspaceError(
                "the folder can't be written to.", where=str(where), todo="Choose another with --kg."
            ) from error
        raise
    except sqlite3.DatabaseError as error:
        raise WorkspaceError(
            f"the index is damaged ({error}).",
            where=str(where),
            todo="Delete index.sqlite and run build again; it is made anew from records/.",
        ) from error


def explained(error: OSError, where: Path) -> WorkspaceError:
    """What the operating system refused at `where`, in words."""
    place = str(error.filename or where)
    # The store's errors come from another language, without a number.
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or "No space left" in str(error):
        return WorkspaceError(
            "the disk is full.",
            where=place,
            todo="What was there before is unchanged. Free some space and run the same command again.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return WorkspaceError(
            "permission denied.",
            where=place,
            todo="Ask for the right to write there, or choose another place (--kg, -o).",
        )
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return WorkspaceError(
            "a file stands where a folder should be.",
            where=place,
            todo="Move it away, or choose another folder with --kg.",
        )
    return WorkspaceError(error.strerror or str(error), where=place)

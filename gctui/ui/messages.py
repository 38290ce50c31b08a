"""Values and messages that more than one widget knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NoteKind = Literal["hint", "waiting", "result", "warning"]


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence for the message line. Plain text: it is never read as markup."""

    text: str
    kind: NoteKind = "result"

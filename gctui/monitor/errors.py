"""The errors that end gctui, each with its exit code and a sentence for the user.

GctuiError (125)
 +- UsageError (2)
 +- CommandNotFound (127)
 +- CannotRun (126)
"""


class GctuiError(Exception):
    """gctui itself failed. The message is one sentence that says what to do."""

    exit_code = 125


class UsageError(GctuiError):
    """The command line is wrong."""

    exit_code = 2


class CommandNotFound(GctuiError):
    """There is no such command."""

    exit_code = 127


class CannotRun(GctuiError):
    """The command is there and cannot be executed."""

    exit_code = 126

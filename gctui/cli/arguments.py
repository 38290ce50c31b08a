"""Options and their help. All that follows the command belongs to the command."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

from gctui import __version__
from gctui.agent.wire import ALL_GENERATIONS
from gctui.monitor.rules import NAMES
from gctui.monitor.settings import MOST_THRESHOLD
from gctui.monitor.tracing import CAN_SAMPLE, CANNOT_SAMPLE, EXACT_FRAMES, MODES, SAMPLE_BYTES, SAMPLED_FRAMES, Mode

#: A day.
MOST_DELAY_MS = 24 * 3600 * 1000
VERBS = ("run", "demo")
#: Verbs of the command line's plan that are not there yet: named, so that nobody waits for a program called `attach`.
PLANNED = ("attach", "detach", "ps", "replay", "report", "export")

_DESCRIPTION = """\
See and steer Python's memory management live, in a terminal, on a program nobody changed.

  gctui python app.py              launch app.py and watch its collector
  gctui app.py                     the same: finds python by itself
  gctui -m http.server 8000        a module, as python -m runs it
  gctui bash -c 'python app.py'    a program that starts Python
  gctui demo                       a small program that is worth watching; gctui demo --list
  cat x | gctui app.py | jq .      redirected streams go straight through
  gctui --headless app.py          no screen: a summary on stderr at the end
  gctui --headless --summary s.json pytest     the summary as JSON

Inside, ? explains the pane you are in, and q leaves."""

_DEMO_DESCRIPTION = (
    "Watch one of the small programs that come with gctui. With no NAME it lists them and starts the first."
)

_EPILOG = """\
The exit code is the program's (128+N when signal N ended it); 2: wrong usage, 125: gctui failed, 126: the command
cannot be run, 127: not found. SIGTERM and SIGHUP to gctui are passed on to the program. In headless mode SIGINT is the
terminal's business: it sends one to both, and gctui waits for what the program makes of it. Should the screen fail, the
program goes on without it."""


class Options(argparse.Namespace):
    """What the command line says."""

    verb: str = "run"
    command: list[str]
    module: list[str] | None = None
    headless: bool
    summary: str | None
    alloc: Mode | None
    sample_bytes: int
    frames: int | None
    output: str | None
    rate: float
    follow: int
    keep_callback: bool
    gc_disable: bool
    gc_thresholds: tuple[int, ...]
    gc_freeze_after: int
    """Milliseconds; 0: not at all."""
    silence: tuple[str, ...]
    only_list: bool

    @property
    def words(self) -> list[str]:
        """The command to run, `-m MODULE` included."""
        if self.module is not None:
            return ["-m", *self.module]
        return self.command[1:] if self.command[:1] == ["--"] else self.command


def parse(arguments: Sequence[str]) -> Options:
    """The options; exits with 2 and a sentence when they are wrong."""
    verb = arguments[0] if arguments and arguments[0] in VERBS else ""
    rest = list(arguments[1:] if verb else arguments)
    parser = _parser(verb)
    options = parser.parse_args(rest, namespace=Options())
    if verb == "demo":
        options.verb = verb
        return options
    if not options.words:
        parser.print_usage()
        parser.error("there is no command to run; gctui --help shows how")
    if not verb and options.words[0] in PLANNED:
        parser.error(
            f"{options.words[0]!r} is planned and not there yet (a program of that name: gctui run {options.words[0]})"
        )
    if options.alloc == "sampled" and not CAN_SAMPLE:
        parser.error(f"{CANNOT_SAMPLE}; use --alloc exact, or off")
    return options


def _parser(verb: str) -> argparse.ArgumentParser:
    name = f"gctui {verb}".strip()
    parser = argparse.ArgumentParser(
        prog=name,
        usage=f"{name} [OPTIONS] [NAME]" if verb == "demo" else f"{name} [OPTIONS] COMMAND [ARG...]",
        description=_DEMO_DESCRIPTION if verb == "demo" else _DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_options(parser)
    if verb == "demo":
        parser.add_argument("--list", dest="only_list", action="store_true", help="list the demos and start none")
        parser.add_argument("command", nargs=argparse.REMAINDER, metavar="NAME", help="which demo; default: the first")
    else:
        parser.add_argument("-m", dest="module", nargs=argparse.REMAINDER, metavar="MODULE", help="run a Python module")
        parser.add_argument(
            "command", nargs=argparse.REMAINDER, metavar="COMMAND", help="the program and its arguments"
        )
    return parser


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--version", action="version", version=f"gctui {__version__}")
    parser.add_argument("--headless", action="store_true", help="no screen; the program's streams are left untouched")
    parser.add_argument("--summary", metavar="FILE", help="write the summary as JSON at the end; - is stdout")
    parser.add_argument(
        "--alloc",
        choices=("off", "sampled", "exact"),
        help="allocation tracing. sampled: some allocations, from which all are estimated, at little cost; exact: "
        "every allocation, which makes allocation-heavy programs 3 to 60 times slower. Default: "
        f"{MODES[0]} with the screen, off without",
    )
    parser.add_argument(
        "--frames",
        type=_frames,
        metavar="N",
        help=f"frames per allocation traceback, 1 to 100; default: {SAMPLED_FRAMES} sampled, {EXACT_FRAMES} exact",
    )
    parser.add_argument(
        "--sample-bytes",
        type=_sample_bytes,
        default=SAMPLE_BYTES,
        metavar="N",
        help="with --alloc sampled, bytes that are allocated between two samples on average, 1 to 1073741824, or such "
        "as 64K or 1M; less is more precise and slower. Default: 512K",
    )
    parser.add_argument(
        "--no-follow",
        dest="follow",
        action="store_const",
        const=0,
        default=ALL_GENERATIONS,
        help="leave the program's children alone",
    )
    parser.add_argument(
        "--follow-depth",
        dest="follow",
        type=_generations,
        default=ALL_GENERATIONS,
        metavar="N",
        help="how many generations of the program's Python children are watched: 1 its children, 2 theirs as well, 0 "
        "none; default: all",
    )
    parser.add_argument(
        "--keep-callback",
        action="store_true",
        help="put gctui's callback back when the program has cleared gc.callbacks; default: say so, and only count",
    )
    parser.add_argument(
        "--gc-disable",
        action="store_true",
        help="start the program, and the Python programs that it starts, with automatic collection off",
    )
    parser.add_argument(
        "--gc-thresholds",
        type=_thresholds,
        default=(),
        metavar="N[,N[,N]]",
        help="start them with these thresholds, each 0 to 2147483647; the first 0: never automatically",
    )
    parser.add_argument(
        "--gc-freeze-after",
        type=_delay_ms,
        default=0,
        metavar="TIME",
        help="collect and gc.freeze() so long after the start, such as 500ms, 5s or 2m; not in the program's children",
    )
    parser.add_argument(
        "--silence",
        type=_rules,
        default=(),
        metavar="NAME[,NAME]",
        help=f"notices that are not to be said, of: {', '.join(NAMES)}",
    )
    parser.add_argument("--output", metavar="FILE", help="also write what the program prints on the screen to FILE")
    parser.add_argument(
        "--rate", type=_rate, default=4.0, metavar="HZ", help="display refreshes per second, 0.2 to 20; default: 4"
    )


def _frames(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 100")
    return number


def _generations(text: str) -> int:
    if not text.isdecimal() or int(text[:9]) >= ALL_GENERATIONS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to {ALL_GENERATIONS - 1}")
    return int(text)


def _sample_bytes(text: str) -> int:
    number, unit = (text[:-1], text[-1:].upper()) if text[-1:].upper() in ("K", "M", "G") else (text, "")
    size = int(number) << {"": 0, "K": 10, "M": 20, "G": 30}[unit] if number.isdecimal() and len(number) < 12 else 0
    if not 1 <= size <= 1 << 30:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size from 1 to 1G bytes, such as 4096, 512K or 1M")
    return size


def _thresholds(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    numbers = tuple(int(part) for part in parts if part.isdecimal() and len(part) <= 10)
    if len(numbers) != len(parts) or len(numbers) > 3 or max(numbers) > MOST_THRESHOLD:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not one to three whole numbers from 0 to {MOST_THRESHOLD}, such as 50000,20,20"
        )
    return numbers


def _delay_ms(text: str) -> int:
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s|m)", text, re.ASCII)
    milliseconds = round(float(found[1]) * {"ms": 1, "s": 1000, "m": 60_000}[found[2]]) if found else 0
    if not 1 <= milliseconds <= MOST_DELAY_MS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time from 1ms to 1440m, such as 500ms, 5s or 2m")
    return milliseconds


def _rules(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no notice {unknown[0]!r}; the names are {', '.join(NAMES)}")
    return names


def _rate(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.2 <= number <= 20:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0.2 to 20")
    return number

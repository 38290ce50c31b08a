"""The keeper: a small process that reads the program's terminal, so that the program never waits for gctui.

A screen that was suspended with Ctrl-Z, stopped, killed or is busy reads nothing; a terminal that nobody reads stops
whoever prints to it. The keeper always reads. It passes everything on to the monitor as packets (`OUTPUT` and data,
`LOST` and a byte count), keeps some megabytes for a slow one, drops and counts what is more, and goes on alone when the
monitor has gone, until the program closes its terminal. It also writes the output file, which so is complete whatever
the monitor does.

Run as a script with the terminal's master at descriptor 3, the packet socket at 4 and the output file, if any, at 5.
"""

import os
import selectors
import socket
import sys
from collections import deque
from fcntl import F_DUPFD_CLOEXEC, fcntl

OUTPUT, LOST, FILE_FAILED = b"O", b"L", b"F"
#: Largest piece of output in one packet, bytes.
PIECE = 32 << 10
#: Output kept for a monitor that does not read, bytes.
MOST_WAITING = 4 << 20
#: How long the last output waits for a monitor that does not read, seconds.
LAST_WORDS_S = 600

MASTER, PACKETS, FILE = 3, 4, 5


def start(master: int, output_file: int | None) -> tuple[int, socket.socket]:
    """Start a keeper for a terminal: its process number, and the monitor's end of the packet socket, non-blocking."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    null = os.open(os.devnull, os.O_RDWR)
    places = {0: null, 1: null, 2: null, MASTER: master, PACKETS: theirs.fileno()}
    if output_file is not None:
        places[FILE] = output_file
    # Copied out of the way first, so that filling one place never overwrites what is meant for the next.
    copies = {target: fcntl(source, F_DUPFD_CLOEXEC, FILE + 1) for target, source in places.items()}
    command = [sys.executable, "-I", "-S", os.path.abspath(__file__)]
    actions = [(os.POSIX_SPAWN_DUP2, source, target) for target, source in copies.items()]
    try:
        pid = os.posix_spawn(sys.executable, command, {}, file_actions=actions, setsid=True)
    finally:
        for number in (*copies.values(), null):
            os.close(number)
        theirs.close()
    ours.setblocking(False)
    return pid, ours


class Keeper:
    """The keeper's loop, in its own process."""

    def __init__(self, packets: socket.socket, has_file: bool) -> None:
        self._packets: socket.socket | None = packets
        self._has_file = has_file
        self._waiting: deque[bytes] = deque()
        self._size = self._lost = 0

    def run(self) -> None:
        """Read and pass on until the program's side of the terminal is closed and all is said."""
        with selectors.DefaultSelector() as selector:
            selector.register(MASTER, selectors.EVENT_READ)
            while True:
                self._watch_packets(selector)
                ready = {key.fd for key, _ in selector.select()}
                if MASTER in ready:
                    try:
                        data = os.read(MASTER, PIECE)
                    except BlockingIOError:
                        continue
                    except OSError:  # how Linux says that the other side of a terminal is closed
                        break
                    self._keep(data)
                self._send(selector)
        self._confess()
        if self._packets is not None:
            self._packets.settimeout(LAST_WORDS_S)
            self._send(None)

    def _watch_packets(self, selector: selectors.BaseSelector) -> None:
        watched = PACKETS in selector.get_map()
        if self._packets is not None and self._waiting and not watched:
            selector.register(PACKETS, selectors.EVENT_WRITE)
        elif watched and (self._packets is None or not self._waiting):
            selector.unregister(PACKETS)

    def _keep(self, data: bytes) -> None:
        if self._has_file:
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(FILE, rest) :]
            except OSError as error:
                self._has_file = False
                self._waiting.append(FILE_FAILED + os.strerror(error.errno or 0).encode())
        if self._packets is None:
            return
        if self._size + len(data) > MOST_WAITING:
            self._lost += len(data)
            return
        self._confess()
        self._waiting.append(OUTPUT + data)
        self._size += len(data)

    def _confess(self) -> None:
        if self._lost:
            self._waiting.append(LOST + str(self._lost).encode())
            self._lost = 0

    def _send(self, selector: selectors.BaseSelector | None) -> None:
        while self._waiting and self._packets is not None:
            try:
                self._packets.send(self._waiting[0])
            except BlockingIOError:
                return
            except (
                OSError
            ):  # (or a time-out at the end) the monitor has gone: from now on everything is read and forgotten
                if selector is not None and PACKETS in selector.get_map():
                    selector.unregister(PACKETS)
                self._packets.close()
                self._packets = None
                self._waiting.clear()
                return
            packet = self._waiting.popleft()
            if packet.startswith(OUTPUT):
                self._size -= len(packet) - 1


def main() -> None:
    try:
        os.fstat(FILE)
        has_file = True
    except OSError:
        has_file = False
    packets = socket.socket(fileno=PACKETS)
    packets.setblocking(False)
    Keeper(packets, has_file).run()


if __name__ == "__main__":
    main()

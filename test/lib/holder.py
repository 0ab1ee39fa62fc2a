#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds listening sockets for a server, as systemd does for a service with a socket unit.

  test/lib/holder.py PORT... -- PROGRAM ARGUMENTS...

Opens 127.0.0.1:PORT for each, starts the program with them (sd_listen_fds(3): descriptors from 3 on,
LISTEN_FDS, LISTEN_PID), and starts it again when it was killed. SIGHUP: stop (SIGTERM) and start.
SIGUSR1: kill it. SIGTERM: stop, and end with its exit status.
"""
import os
import signal
import socket
import sys

FIRST = 3


def main(arguments):
    split = arguments.index("--")
    sockets = []
    for port in arguments[:split]:
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", int(port)))
        held.listen(4096)
        sockets.append(held)
    # Out of the way of the numbers they will have in the program.
    kept = [os.dup2(held.fileno(), 100 + i, inheritable=False) for i, held in enumerate(sockets)]
    program, state = arguments[split + 1:], {"pid": 0}

    def start():
        state["pid"] = os.fork()
        if state["pid"] == 0:
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            for i, descriptor in enumerate(kept):
                os.dup2(descriptor, FIRST + i)
            os.execve(program[0], program,
                      dict(os.environ, LISTEN_FDS=str(len(kept)), LISTEN_PID=str(os.getpid())))

    wanted = {signal.SIGHUP, signal.SIGUSR1, signal.SIGTERM, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    start()
    while True:
        caught = signal.sigwait(wanted)
        if caught == signal.SIGUSR1:
            os.kill(state["pid"], signal.SIGKILL)
        elif caught in (signal.SIGHUP, signal.SIGTERM):
            os.kill(state["pid"], signal.SIGTERM)
            status = os.waitstatus_to_exitcode(os.waitpid(state["pid"], 0)[1])
            if status or caught == signal.SIGTERM:
                return status
            start()
        elif os.waitpid(state["pid"], os.WNOHANG)[0]:
            start()  # nobody stopped it


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

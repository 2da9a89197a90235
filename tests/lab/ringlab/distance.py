"""`python3 -m ringlab.distance MILLISECONDS NAMESPACE INTERFACE NAMESPACE INTERFACE`: a line between two TUN devices on which everything is
under way for as long as that, in each direction.

The kernel here has no netem.
"""

import collections
import ctypes
import fcntl
import os
import select
import struct
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
CLONE_NEWNET = 0x40000000
LONGEST_QUEUE = 10_000  # packets in one direction; more are lost, as on any line


def open_in(namespace: str, interface: str) -> int:
    with open(f"/run/netns/{namespace}", "rb") as entry:
        if ctypes.CDLL(None, use_errno=True).setns(entry.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), namespace)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", interface.encode(), IFF_TUN | IFF_NO_PI))
    return device


def take_all(device: int, queue: collections.deque, arrives: float) -> None:
    while True:
        try:
            packet = os.read(device, 65536)
        except BlockingIOError:
            return
        if len(queue) < LONGEST_QUEUE:
            queue.append((arrives, packet))


def main(milliseconds: str, *ends: str) -> None:
    delay = float(milliseconds) / 1000
    a, b = open_in(*ends[:2]), open_in(*ends[2:])
    ways = {a: (b, collections.deque()), b: (a, collections.deque())}
    poll = select.epoll()
    for device in ways:
        poll.register(device, select.EPOLLIN)
    print("ready", flush=True)
    while True:
        due = min((queue[0][0] for _, queue in ways.values() if queue), default=None)
        for device, _ in poll.poll(-1 if due is None else max(0.0, due - time.monotonic())):
            take_all(device, ways[device][1], time.monotonic() + delay)
        for other, queue in ways.values():
            while queue and queue[0][0] <= time.monotonic():
                try:
                    os.write(other, queue.popleft()[1])
                except OSError as error:  # the device is down
                    print(error, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

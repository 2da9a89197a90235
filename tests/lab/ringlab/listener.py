"""`python3 -m ringlab.listener 'PROTOCOL ADDRESS PORT FLAGS'…`: what listens on a host, in one process.

TCP connections are accepted and held until the other side closes; flag `web` answers with a page, flag `tells` at once
with the address that the other side is seen as, `sends` at once with 60 kB, `resets` hangs up at once. UDP sockets stay silent as WireGuard does, unless flag `answers`.
Flag `v6only` sets IPV6_V6ONLY; without it `::` stands for both families.
"""

import selectors
import socket
import struct
import sys

PAGE = b"<title>Router</title><h1>Please log in</h1>"
LONG = b"." * 60000
ANSWER = b"HTTP/1.0 200 OK\r\nServer: router\r\nContent-Type: text/html\r\n\r\n" + PAGE
IP_FREEBIND, IPV6_FREEBIND = 15, 78  # linux/in.h, linux/in6.h: the address may appear later


def open_socket(protocol: str, address: str, port: int, flags: set[str]) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    one = socket.socket(family, socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, "v6only" in flags)
        one.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
    else:
        one.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
    one.bind((address, port))
    if protocol == "tcp":
        one.listen()
    one.setblocking(False)
    return one


def main(words: list[str]) -> None:
    selector = selectors.DefaultSelector()

    def accept(listening: socket.socket, flags: set[str]) -> None:
        connection, peer = listening.accept()
        if "resets" in flags:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
            return
        if "tells" in flags:
            connection.send(peer[0].encode())
        if "sends" in flags:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * len(LONG))  # so that the kernel takes all of it at once
            connection.send(LONG)
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_READ, lambda: read(connection, flags))

    def read(connection: socket.socket, flags: set[str]) -> None:
        data = connection.recv(65536)
        if data and "web" in flags:
            connection.send(ANSWER)
        if not data or "web" in flags:
            selector.unregister(connection)
            connection.close()

    def datagram(one: socket.socket, flags: set[str]) -> None:
        data, sender = one.recvfrom(65536)
        if "answers" in flags:
            one.sendto(data, sender)

    for word in words:
        protocol, address, port, *rest = word.split(" ")
        flags = set(rest[0].split(",")) if rest else set()
        one = open_socket(protocol, address, int(port), flags)
        call = accept if protocol == "tcp" else datagram
        selector.register(one, selectors.EVENT_READ, lambda one=one, flags=flags, call=call: call(one, flags))
    while True:
        for key, _ in selector.select():
            try:
                key.data()
            except ConnectionError:  # the other side reset it; a connection that is gone is nothing to report
                if key.fileobj.fileno() >= 0:
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
            except BlockingIOError:
                pass


if __name__ == "__main__":
    main(sys.argv[1:])

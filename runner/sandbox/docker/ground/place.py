"""Holds a network namespace for a service that stands in it, and leaves nothing in it for the next.

Each line on stdin asks that every TCP connection be ended that its programs, which have ended, left to the kernel: it would keep
one that waits out its time for a minute, and its port with it. With {"rules": true} what disturbed the network goes too. A line
on stdout answers: {"ok": true} or {"failed": "..."}. The first answer comes unasked, and tells whether this machine's kernel does
that at all.
"""
import json, os, socket, struct, subprocess, sys

SOCK_DIAG, DIAG, DESTROY = 4, 20, 21
REQUEST, ACK, DUMP = 1, 4, 0x300
ERROR, DONE = 2, 3
EVERY_STATE = 0xFFFFFFFF
ENOENT = 2
# The engine answers for names here.
RESOLVER = socket.inet_aton('127.0.0.11')


class Connections:
    def __init__(self):
        self.kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, SOCK_DIAG)
        self.kernel.bind((0, 0))
        self.kernel.settimeout(5)

    def ask(self, kind, flags, family, which):
        body = struct.pack('=BBBBI', family, socket.IPPROTO_TCP, 0, 0, EVERY_STATE) + which
        self.kernel.send(struct.pack('=IHHII', 16 + len(body), kind, REQUEST | flags, 0, 0) + body)

    def answers(self):
        """Every message up to the one that ends the answer; raises what the kernel says that it could not do."""
        while True:
            data = self.kernel.recv(1 << 16)
            while len(data) >= 16:
                length, kind = struct.unpack_from('=IH', data)
                if kind == ERROR:
                    error = -struct.unpack_from('=i', data, 16)[0]
                    if error:
                        raise OSError(error, os.strerror(error))
                if kind in (ERROR, DONE):
                    return
                yield data[16:length]
                data = data[(length + 3) & ~3:]

    def all(self):
        for family in (socket.AF_INET, socket.AF_INET6):
            self.ask(DIAG, DUMP, family, bytes(48))
            # The socket's addresses, ports and cookie, by which the kernel knows it again.
            for each in list(self.answers()):
                which = each[4:52]
                if which[4:8] != RESOLVER:
                    yield family, which

    def end(self):
        for family, which in list(self.all()):
            self.ask(DESTROY, ACK, family, which)
            try:
                list(self.answers())
            except OSError as error:
                if error.errno != ENOENT:  # It has ended by itself.
                    raise
        left = len(list(self.all()))
        if left:
            raise OSError(f'{left} connections are left')


def lift_rules():
    """Every rule of the table that edges.py fills; the engine's own, for its names, are in another."""
    nothing = '*filter\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n'
    done = subprocess.run(['/usr/sbin/iptables-nft-restore'], input=nothing, capture_output=True, text=True)
    if done.returncode:
        raise OSError(done.stderr.strip() or f'iptables ended with {done.returncode}')


def leave_one():
    """A connection that the kernel keeps though both of its ends are closed."""
    with socket.create_server(('127.0.0.1', 0)) as server, socket.create_connection(server.getsockname()) as client:
        server.accept()[0].close()
        client.recv(1)


def answer(act):
    try:
        act()
        said = {'ok': True}
    except Exception as error:
        said = {'failed': str(error)}
    os.write(1, (json.dumps(said) + '\n').encode())


def main():
    connections = Connections()
    leave_one()
    answer(connections.end)
    for line in sys.stdin:
        if json.loads(line)['rules']:
            answer(lambda: (connections.end(), lift_rules()))
        else:
            answer(connections.end)


main()

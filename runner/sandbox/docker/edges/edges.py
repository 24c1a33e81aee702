"""Disturbs the network of one container, from a container of ours that shares it.

A line on stdin is a JSON list of edges: {"address": "10.0.0.2", "cut": true} or {"address": ..., "ms": 40, "loss": 0.1}. Each list
replaces the one before. A line on stdout answers: {"ok": true} or {"failed": "..."}. Packets of a slow edge wait in the kernel's
queue until this program lets them go, so connections see what a long and lossy line would do to them.
"""
import heapq, json, os, random, select, socket, struct, subprocess, sys, time

NFNETLINK_QUEUE, PACKET, VERDICT, CONFIG = 3, 0, 1, 2
BIND, COPY_META, KEEP_WHOLE = 1, 1, 1 << 2
ACCEPT, DROP = 1, 0
MOST_WAITING = 65536


def message(kind, queue, attributes, flags=1):
    body = struct.pack('=BBH', 0, 0, socket.htons(queue))
    for number, value in attributes:
        body += struct.pack('=HH', 4 + len(value), number) + value + b'\0' * (-len(value) % 4)
    return struct.pack('=IHHII', 16 + len(body), NFNETLINK_QUEUE << 8 | kind, flags, 0, 0) + body


class Queues:
    """The kernel's packet queues, one for each slow edge. Opened for the first of them: not every kernel has any."""

    def __init__(self):
        self.socket, self.bound, self.waiting, self.lines, self.count = None, set(), [], {}, 0

    def bind(self, queue):
        if self.socket is None:
            self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
            self.socket.bind((0, 0))
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        if queue in self.bound:
            return
        self.ask(queue, [(1, struct.pack('>BBH', BIND, 0, 0))])
        self.ask(queue, [(2, struct.pack('>IB', 0, COPY_META)), (3, struct.pack('>I', MOST_WAITING)),
                         (4, struct.pack('>I', KEEP_WHOLE)), (5, struct.pack('>I', KEEP_WHOLE))])
        self.bound.add(queue)

    def ask(self, queue, attributes):
        """Sends an order and waits for the kernel's word on it; packets that come before it are taken as well."""
        self.socket.send(message(CONFIG, queue, attributes, flags=1 | 4))
        while True:
            for kind, body in self.read():
                if kind == 2:
                    error = struct.unpack_from('=i', body)[0]
                    if error:
                        raise OSError(-error, os.strerror(-error))
                    return
                self.take(kind, body)

    def read(self):
        data = self.socket.recv(1 << 16)
        while len(data) >= 16:
            length, kind = struct.unpack_from('=IH', data)
            yield kind, data[16:length]
            data = data[length + (-length % 4):]

    def take(self, kind, body):
        if kind != NFNETLINK_QUEUE << 8 | PACKET:
            return
        queue, rest = socket.ntohs(struct.unpack_from('=H', body, 2)[0]), body[4:]
        while len(rest) >= 4:
            length, number = struct.unpack_from('=HH', rest)
            if number & 0x7FFF == 1:
                packet = rest[4:8]
                ms, loss = self.lines.get(queue, (0, 0))
                verdict = DROP if random.random() < loss else ACCEPT
                self.count += 1
                # Half of the delay on the way out and half on the way back.
                heapq.heappush(self.waiting, (time.monotonic() + ms / 2000, self.count, queue, packet, verdict))
            rest = rest[length + (-length % 4):]

    def release(self):
        """Lets go what has waited long enough; the seconds until the next packet has."""
        while self.waiting and self.waiting[0][0] <= time.monotonic():
            _, _, queue, packet, verdict = heapq.heappop(self.waiting)
            self.socket.send(message(VERDICT, queue, [(2, struct.pack('>I', verdict) + packet)]))
        return max(self.waiting[0][0] - time.monotonic(), 0) if self.waiting else None


def apply(edges, queues, numbers):
    rules, lines = ['*filter', ':INPUT ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]'], {}
    for edge in edges:
        address = socket.inet_ntoa(socket.inet_aton(edge['address']))
        target = 'DROP'
        if not edge.get('cut'):
            queue = numbers.setdefault(address, len(numbers) + 1)
            queues.bind(queue)
            lines[queue] = (float(edge.get('ms', 0)), float(edge.get('loss', 0)))
            target = f'NFQUEUE --queue-num {queue}'
        rules += [f'-A INPUT -s {address} -j {target}', f'-A OUTPUT -d {address} -j {target}']
    done = subprocess.run(['/usr/sbin/iptables-nft-restore'], input='\n'.join([*rules, 'COMMIT', '']), capture_output=True, text=True)
    if done.returncode:
        raise OSError(done.stderr.strip() or f'iptables ended with {done.returncode}')
    queues.lines = lines


def answer(**what):
    os.write(1, (json.dumps(what) + '\n').encode())


def main():
    queues, numbers, orders = Queues(), {}, b''
    while True:
        wait = queues.release()
        ready, _, _ = select.select([0, *([queues.socket] if queues.socket else [])], [], [], wait)
        if queues.socket in ready and queues.socket:
            try:
                for kind, body in queues.read():
                    queues.take(kind, body)
            except OSError:
                pass  # More came than the buffer holds: the kernel has dropped it, as a full line does.
        if 0 not in ready:
            continue
        more = os.read(0, 1 << 16)
        if not more:
            return
        orders += more
        *lines, orders = orders.split(b'\n')
        for line in lines:
            try:
                apply(json.loads(line), queues, numbers)
                answer(ok=True)
            except Exception as error:
                answer(failed=str(error))


main()

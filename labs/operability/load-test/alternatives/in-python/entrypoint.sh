#!/bin/sh
set -eu

cat > /tmp/server.py <<'PY'
import os
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ENGINE = os.environ['ENGINE_URL']
# Everybody in the house, and those of them who are being served.
house = threading.BoundedSemaphore(24)
table = threading.BoundedSemaphore(8)


class Quotes(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self):
        if self.path == '/healthz':
            return self.send(200, b'{}')
        if not house.acquire(blocking=False):
            return self.send(503, b'{"error": "full"}')
        try:
            with table, urllib.request.urlopen(ENGINE + self.path, timeout=30) as answer:
                content = answer.read()
        finally:
            house.release()
        self.send(200, content)

    def send(self, status, content):
        self.send_response(status)
        self.send_header('content-length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


Server(('', 8080), Quotes).serve_forever()
PY

exec python3 /tmp/server.py

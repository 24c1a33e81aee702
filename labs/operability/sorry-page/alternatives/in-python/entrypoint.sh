#!/bin/sh
set -eu

exec python3 - <<'PYTHON'
import json
import os
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STORE = os.environ["STORE_URL"]


def store(method, path, timeout=None):
    request = urllib.request.Request(STORE + path, method=method)
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return answer.read()


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/livez":
            self.reply(200, "alive")
        elif self.path == "/readyz":
            try:
                store("GET", "/ping", timeout=1)
                self.reply(200, "ready")
            except OSError:
                self.reply(503, "no store")
        elif self.path == "/api/stock":
            self.guarded(lambda: (200, store("GET", "/stock").decode()))
        else:
            self.reply(200, "<!doctype html><title>Shop</title><h1>Shop</h1>", "text/html")

    def do_POST(self):
        order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["id"]

        def place():
            store("PUT", f"/orders/{order}")
            return 201, json.dumps({"id": order})

        self.guarded(place)

    def guarded(self, work):
        try:
            status, body = work()
        except OSError as error:
            status, body = 502, json.dumps({"error": str(error)})
        self.reply(status, body, "application/json")

    def reply(self, status, body, kind="text/plain"):
        raw = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


class Server(ThreadingHTTPServer):
    request_queue_size = 128


Server(("", 8080), Shop).serve_forever()
PYTHON

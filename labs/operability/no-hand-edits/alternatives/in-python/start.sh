#!/bin/sh
set -eu

exec python3 - <<'PYTHON'
import json
import os
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TITLE, STOCK_URL, STOCK_KEY = (os.environ[name] for name in ("TITLE", "STOCK_URL", "STOCK_KEY"))
NOTICE = Path("notice.html").read_text()
ORDERS = Path("/work/orders")


def left(item):
    request = urllib.request.Request(f"{STOCK_URL}/left/{item}", headers={"Authorization": f"Bearer {STOCK_KEY}"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)["left"]


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body, kind="application/json"):
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        _, what, *name = self.path.split("/")
        if self.path == "/":
            return self.answer(200, f"<h1>{TITLE}</h1>{NOTICE}", "text/html")
        if what == "stock":
            return self.answer(200, json.dumps({"item": name[0], "left": left(name[0])}))
        if what == "orders" and (ORDERS / name[0]).exists():
            return self.answer(200, "{}")
        self.answer(404, "{}")

    def do_PUT(self):
        ORDERS.mkdir(exist_ok=True)
        (ORDERS / self.path.split("/")[2]).touch()
        self.answer(201, "{}")

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


Server(("", 8080), Shop).serve_forever()
PYTHON

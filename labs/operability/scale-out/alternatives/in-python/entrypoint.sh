#!/bin/sh
set -eu

exec python3 - <<'PYTHON'
import json
import os
import secrets
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

ADDRESS = urlsplit(os.environ["REDIS_URL"])
local = threading.local()


def redis(*words):
    """One command on this thread's own connection."""
    if not hasattr(local, "answers"):
        connection = socket.create_connection((ADDRESS.hostname, ADDRESS.port))
        local.commands, local.answers = connection.makefile("wb"), connection.makefile("rb")
    local.commands.write(b"*%d\r\n" % len(words))
    for word in words:
        raw = word if isinstance(word, bytes) else word.encode()
        local.commands.write(b"$%d\r\n%s\r\n" % (len(raw), raw))
    local.commands.flush()
    return answer()


def answer():
    line = local.answers.readline()
    kind, rest = line[:1], line[1:-2]
    if kind == b"$":
        return None if rest == b"-1" else local.answers.read(int(rest) + 2)[:-2]
    if kind == b"*":
        return [answer() for _ in range(int(rest))]
    if kind == b"-":
        raise RuntimeError(rest.decode())
    return rest


class Shop(BaseHTTPRequestHandler):
    def do_POST(self):
        name = json.loads(self.body())["name"]
        session = secrets.token_urlsafe(24)
        redis("HSET", "sessions", session, name)
        self.reply(200, json.dumps({"session": session}).encode())

    def do_PUT(self):
        what, name = self.asked()
        if not name:
            return
        if what[0] == "picture":
            redis("HSET", f"shopper:{name}", "picture", self.body())
        else:
            redis("HSET", f"basket:{name}", what[1], "1")
        self.reply(204)

    def do_GET(self):
        if self.path == "/healthz":
            return self.reply(200, b"ok")
        what, name = self.asked()
        if not name:
            return
        if what[0] == "basket":
            items = [item.decode() for item in redis("HKEYS", f"basket:{name}")]
            return self.reply(200, json.dumps({"items": items}).encode())
        picture = redis("HGET", f"shopper:{name}", "picture")
        self.reply(404 if picture is None else 200, picture or b"")

    def asked(self):
        session = self.headers.get("Authorization", "").removeprefix("Bearer ")
        name = redis("HGET", "sessions", session)
        if name is None:
            self.reply(401)
            return [], None
        return self.path.strip("/").split("/"), name.decode()

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def reply(self, status, body=b""):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


Server(("", 8080), Shop).serve_forever()
PYTHON

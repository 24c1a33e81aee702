#!/bin/sh
set -eu

exec python3 - <<'PYTHON'
import json
import os
import re
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

RULES = {
    "RATES_URL": (r"https?://\S+", "an address with http:// or https://", None),
    "RATES_KEY": (r"\S{16,}", "16 characters or more", None),
    "CURRENCY": (r"[A-Z]{3}", "three capital letters", None),
    "MAX_ITEMS": (r"[1-9][0-9]?|100", "a whole number from 1 to 100", "20"),
    "SEND_MAIL": (r"true|false", "true or false", "false"),
}
env = {name: os.environ.get(name) or default for name, (_, _, default) in RULES.items()}
wrong = [f"{name}: expected {words}" for name, (pattern, words, _) in RULES.items() if not re.fullmatch(pattern, env[name] or "")]
if wrong:
    sys.exit("\n".join(wrong))


def rates(path, body=None):
    request = urllib.request.Request(env["RATES_URL"] + path, data=body, headers={"Authorization": f"Bearer {env['RATES_KEY']}"})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


class Quotes(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        items = parse_qs(url.query).get("items", [""])[0].split(",")
        if url.path != "/quotes":
            return self.answer(404)
        if len(items) > int(env["MAX_ITEMS"]):
            return self.answer(422)
        try:
            total = sum(json.loads(rates(f"/rates/{item}"))["price"] for item in items)
            quote = json.dumps({"currency": env["CURRENCY"], "total": total}).encode()
            if env["SEND_MAIL"] == "true":
                rates("/mails", quote)
            self.answer(200, quote)
        except urllib.error.URLError as error:
            print(f"no quote: {error}", file=sys.stderr, flush=True)
            self.answer(502)

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    request_queue_size = 128


Server(("", 8080), Quotes).serve_forever()
PYTHON

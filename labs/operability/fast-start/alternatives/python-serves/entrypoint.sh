#!/bin/sh
set -eu

# Node compared the products while the image was built; what is left at run time is to look them up.
exec python3 - <<'EOF'
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    similar = json.load(open("built/similar.json", encoding="utf-8"))

    def do_GET(self):
        if self.path == "/readyz":
            return self.answer(200, "ready")
        product = self.path.removeprefix("/similar/")
        if product not in self.similar:
            return self.answer(404, "not found")
        self.answer(200, json.dumps({"similar": self.similar[product], "id": product}))

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    request_queue_size = 128


Server(("", 8080), Handler).serve_forever()
EOF

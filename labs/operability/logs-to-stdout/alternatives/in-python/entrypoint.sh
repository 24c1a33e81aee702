#!/bin/sh
set -eu

exec python3 - <<'PYTHON'
import json
import logging
import queue
import sys
import traceback
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from logging.handlers import QueueHandler, QueueListener


class JsonLines(logging.Formatter):
    def format(self, record):
        moment = datetime.fromtimestamp(record.created, timezone.utc).isoformat()
        return json.dumps({"time": moment, "level": record.levelname.lower(), "event": record.msg, **getattr(record, "about", {})})


# Handlers only put their events into a queue; one thread writes them.
written = queue.Queue()
console = logging.StreamHandler(sys.stdout)
console.setFormatter(JsonLines())
QueueListener(written, console).start()


class AsIs(QueueHandler):
    def prepare(self, record):
        return record


logger = logging.getLogger("desk")
logger.setLevel(logging.INFO)
logger.addHandler(AsIs(written))

FACTORS = {"JPY": 1, "EUR": 162, "USD": 150}


def settle(payment):
    if payment["currency"] not in FACTORS:
        raise KeyError(f"no rate for {payment['currency']}")
    return payment["amount"] * FACTORS[payment["currency"]]


class Desk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        payment = json.loads(self.rfile.read(int(self.headers["content-length"])))
        about = {"requestId": self.headers["x-request-id"], "note": payment["note"]}
        try:
            declined = settle(payment) > 100_000
        except Exception:
            logger.error("failed", extra={"about": {**about, "stack": traceback.format_exc()}})
            return self.answer(500)
        if declined:
            logger.warning("declined", extra={"about": about})
            return self.answer(402)
        logger.info("paid", extra={"about": about})
        self.answer(201)

    def do_GET(self):
        self.answer(200)

    def answer(self, status):
        # For the events before it to be written, but not for somebody who does not read them.
        with written.all_tasks_done:
            written.all_tasks_done.wait_for(lambda: not written.unfinished_tasks, 0.02)
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


Server(("", 8080), Desk).serve_forever()
PYTHON

"""Reviews of products over HTTP, on port 8080."""
import json
import re
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import reviews


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    wbufsize = 65536

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def answer(self):
        try:
            status, content = self.route()
        except reviews.Unavailable as error:
            self.log_error('%s %s: %s', self.command, self.path, error)
            status, content = 503, {'error': 'not now, please try again'}
        except Exception as error:
            self.log_error('%s %s: %r', self.command, self.path, error)
            status, content = 500, {'error': 'that did not work'}
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header('content-type', 'application/json')
        self.send_header('content-length', str(len(body)))
        if status == 503:
            self.send_header('retry-after', '1')
        self.end_headers()
        self.wfile.write(body)

    def route(self):
        # Put there by the gateway, which has checked who it is.
        customer = self.headers.get('x-customer', '')
        sent = self.rfile.read(int(self.headers.get('content-length', 0)))
        if self.path == '/healthz':
            return 200, {'ok': True}
        found = re.fullmatch(r'/products/([\w-]+)/reviews', self.path)
        if found is None:
            return 404, {'error': 'there is nothing here'}
        if self.command == 'POST':
            return 201, {'id': self.store(customer, found[1], json.loads(sent)['body'])}
        return 200, {'reviews': reviews.newest(customer, found[1])}

    def store(self, customer, product, body):
        while True:
            try:
                return reviews.add(customer, product, body)
            except reviews.Unavailable as error:
                self.log_error('trying again: %s', error)
                time.sleep(0.2)

    def log_request(self, *_):
        """One line for each request is what the gateway writes."""


class Server(ThreadingHTTPServer):
    # Python keeps 5 connections in waiting: of a few customers who come at once, some would try again a second later.
    request_queue_size = 128


Server(('', 8080), Handler).serve_forever()

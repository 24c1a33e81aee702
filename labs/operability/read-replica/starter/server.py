"""Reviews of products over HTTP, on port 8080."""
import json
import re
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
        except Exception as error:
            self.log_error('%s %s: %r', self.command, self.path, error)
            status, content = 500, {'error': 'that did not work'}
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header('content-type', 'application/json')
        self.send_header('content-length', str(len(body)))
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
            return 201, {'id': reviews.add(customer, found[1], json.loads(sent)['body'])}
        return 200, {'reviews': reviews.newest(customer, found[1])}

    def log_request(self, *_):
        """One line for each request is what the gateway writes."""


class Server(ThreadingHTTPServer):
    # Python keeps 5 connections in waiting: of a few customers who come at once, some would try again a second later.
    request_queue_size = 128


Server(('', 8080), Handler).serve_forever()

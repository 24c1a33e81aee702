"""Reviews of products over HTTP, on port 8080."""
import json
import sys
from http import cookies
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import reviews


class Reviews(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self):
        parts = self.path.strip('/').split('/')
        if parts[0] != 'products':
            return self.send(200, 'ok')
        sent = cookies.SimpleCookie(self.headers.get('cookie', ''))
        try:
            self.send(200, {'reviews': reviews.find(parts[1], sent['seen'].value if 'seen' in sent else None)})
        except reviews.NotNow as error:
            self.not_now(error)

    def do_POST(self):
        product = self.path.strip('/').split('/')[1]
        body = json.loads(self.rfile.read(int(self.headers['content-length'])))['body']
        try:
            number, position = reviews.store(product, self.headers['x-customer'], body)
            self.send(201, {'id': number}, ('set-cookie', f'seen={position}; Path=/; HttpOnly'))
        except reviews.NotNow as error:
            self.not_now(error)

    def not_now(self, error):
        print(f'{self.command} {self.path}: {error}', file=sys.stderr, flush=True)
        self.send(503, 'try again in a moment', ('retry-after', '2'))

    def send(self, status, content, *headers):
        data = json.dumps(content).encode()
        self.send_response(status)
        for name, value in [*headers, ('content-length', str(len(data)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


Server(('0.0.0.0', 8080), Reviews).serve_forever()

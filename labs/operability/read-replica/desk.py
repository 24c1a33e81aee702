"""What a database administrator would ask the two servers, and tell them. Not the learner's."""
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2

CONTROL = os.environ['CONTROL']
COUNTS = r"""
select coalesce(sum(calls) filter (where query !~* '\m(insert|update|delete|merge|copy)\M'), 0)::int,
       coalesce(sum(calls) filter (where query ~* '\m(insert|update|delete|merge|copy)\M'), 0)::int
from pg_stat_statements join pg_roles on pg_roles.oid = userid
where rolname = 'app' and query ~* '\mreviews\M'
"""
servers = {}


def ask(server, query, *values):
    """The rows of one query, on a connection that is kept as long as it lasts."""
    for fresh in (False, True):
        if fresh or server not in servers:
            servers[server] = psycopg2.connect(host=server, user='desk', dbname='shop', connect_timeout=5)
            servers[server].autocommit = True
        try:
            with servers[server].cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall()
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            if fresh:
                raise


def counts(_):
    """How often the service's statements on the table were run, by the servers' own statistics."""
    seen = {}
    for server in ('primary', 'replica'):
        try:
            ((reads, writes),) = ask(server, COUNTS)
            seen[server] = {'reads': reads, 'writes': writes}
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            seen[server] = None
    return seen


def pause(_):
    """The replica goes on receiving, but applies nothing any more."""
    ask('replica', 'select pg_wal_replay_pause()')
    while ask('replica', 'select pg_get_wal_replay_pause_state()') != [('paused',)]:
        time.sleep(0.01)
    return {}


def resume(_):
    ask('replica', 'select pg_wal_replay_resume()')
    return caught_up(_)


def caught_up(_):
    """Answers as soon as both take questions and the replica has applied all that the primary had written by then."""
    ((position,),) = patiently('primary', 'select pg_current_wal_lsn()')
    while patiently('replica', 'select pg_last_wal_replay_lsn() >= %s', position) != [(True,)]:
        time.sleep(0.01)
    return {}


def patiently(server, query, *values):
    """A server that has just been started has its port open for a moment before it takes questions."""
    while True:
        try:
            return ask(server, query, *values)
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            time.sleep(0.02)


def stored(bodies):
    """How many of these reviews the primary has once, and which of them not at all or more often."""
    found = dict(ask('primary', 'select body, count(*) from reviews where body = any(%s) group by body', bodies))
    return {
        'missing': [body for body in bodies if body not in found][:5],
        'doubled': [body for body in bodies if found.get(body, 0) > 1][:5],
        'once': sum(1 for count in found.values() if count == 1),
    }


ORDERS = {'counts': counts, 'pause': pause, 'resume': resume, 'caught-up': caught_up, 'stored': stored}


class Desk(BaseHTTPRequestHandler):
    def do_POST(self):
        control, _, order = self.path[1:].partition('/')
        if control != CONTROL or order not in ORDERS:
            return self.send_error(404)
        said = json.loads(self.rfile.read(int(self.headers.get('content-length', 0))) or 'null')
        answer = json.dumps(ORDERS[order](said)).encode()
        self.send_response(200)
        self.send_header('content-length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self):
        """Nothing, at once: whoever asks wants to know whether the machine has time."""
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


ThreadingHTTPServer(('', 9000), Desk).serve_forever()

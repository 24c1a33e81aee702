"""Where reviews are kept: PostgreSQL. What a customer has written lately is laid over what the replica shows."""
import os
import threading
from collections import defaultdict, deque

import psycopg2

here = threading.local()
# The last few reviews of each customer and product, the newest first, with their numbers.
own = defaultdict(lambda: deque(maxlen=5))


class Unavailable(Exception):
    pass


def rows(server, statement, values):
    """The result of one statement; a connection per thread and server, made anew when it is broken."""
    kept = here.__dict__.setdefault('kept', {})
    try:
        if server not in kept:
            kept[server] = psycopg2.connect(os.environ[server])
            kept[server].autocommit = True
        with kept[server].cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        kept.pop(server, None)
        raise Unavailable(f'{server}: {error}') from error


def add(customer, product, body):
    statement = 'insert into reviews (product, customer, body) values (%s, %s, %s) returning id'
    ((number,),) = rows('PRIMARY_URL', statement, (product, customer, body))
    own[customer, product].appendleft((number, customer, body))
    return number


def newest(customer, product):
    statement = 'select id, customer, body from reviews where product = %s order by id desc limit 5'
    try:
        found = rows('REPLICA_URL', statement, (product,))
    except Unavailable:
        found = rows('PRIMARY_URL', statement, (product,))
    mine = own[customer, product] if (customer, product) in own else ()
    merged = sorted({*found, *mine}, reverse=True)[:5]
    return [{'customer': name, 'body': body} for _, name, body in merged]

"""Where reviews are kept: PostgreSQL."""
import os
from contextlib import contextmanager

from psycopg2.pool import ThreadedConnectionPool

# The replica is there since last week, its address is in REPLICA_URL. Nobody asks it for anything yet.
primary = ThreadedConnectionPool(0, 32, os.environ['PRIMARY_URL'])


@contextmanager
def cursor_of(pool):
    """A cursor on a connection of the pool. Each statement is a transaction of its own."""
    connection = pool.getconn()
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        # One that is broken is not kept.
        pool.putconn(connection)


def add(customer, product, body):
    """Stores a review and returns its number."""
    with cursor_of(primary) as cursor:
        cursor.execute(
            'insert into reviews (product, customer, body) values (%s, %s, %s) returning id',
            (product, customer, body),
        )
        return cursor.fetchone()[0]


def newest(customer, product):
    """The five newest reviews of a product, the newest first, for the eyes of this customer."""
    with cursor_of(primary) as cursor:
        cursor.execute('select customer, body from reviews where product = %s order by id desc limit 5', (product,))
        return [{'customer': customer, 'body': body} for customer, body in cursor.fetchall()]

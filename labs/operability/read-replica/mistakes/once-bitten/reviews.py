"""Where reviews are kept: PostgreSQL, a primary that is written to and a replica that is read from."""
import os
from contextlib import contextmanager

from psycopg2 import InterfaceError, OperationalError
from psycopg2.pool import ThreadedConnectionPool

primary = ThreadedConnectionPool(0, 32, os.environ['PRIMARY_URL'])
replica = ThreadedConnectionPool(0, 32, os.environ['REPLICA_URL'])

# How far the primary had written when this customer's last review was safe.
positions = {}


class Unavailable(Exception):
    """No server that could do this answers."""


@contextmanager
def cursor_of(pool):
    """A cursor on a connection of the pool. Each statement is a transaction of its own."""
    try:
        connection = pool.getconn()
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor
        finally:
            # One that is broken is not kept.
            pool.putconn(connection)
    except (OperationalError, InterfaceError) as error:
        raise Unavailable(str(error).strip()) from error


def add(customer, product, body):
    """Stores a review and returns its number."""
    with cursor_of(primary) as cursor:
        cursor.execute(
            'insert into reviews (product, customer, body) values (%s, %s, %s) returning id',
            (product, customer, body),
        )
        (number,) = cursor.fetchone()
        cursor.execute('select pg_current_wal_lsn()')
        (positions[customer],) = cursor.fetchone()
        return number


def newest(customer, product):
    """The five newest reviews of a product, the newest first, for the eyes of this customer."""
    global replica
    try:
        with cursor_of(replica or primary) as cursor:
            if replica is None or has_come_as_far_as(cursor, customer):
                return select(cursor, product)
    except Unavailable as error:
        print(f'the replica does not answer, reading from the primary from now on: {error}', flush=True)
        replica = None
    with cursor_of(primary) as cursor:
        return select(cursor, product)


def has_come_as_far_as(cursor, customer):
    """Whether this server has applied the customer's own last write."""
    position = positions.get(customer)
    if position is None:
        return True
    cursor.execute('select pg_last_wal_replay_lsn() >= %s', (position,))
    return cursor.fetchone()[0]


def select(cursor, product):
    cursor.execute('select customer, body from reviews where product = %s order by id desc limit 5', (product,))
    return [{'customer': customer, 'body': body} for customer, body in cursor.fetchall()]

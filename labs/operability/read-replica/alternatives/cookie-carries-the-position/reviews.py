"""Reviews in PostgreSQL. A connection for each question, and nothing remembered between two of them."""
import os

import psycopg2

PRIMARY = os.environ['PRIMARY_URL']
REPLICA = os.environ['REPLICA_URL']

NEWEST = 'select body, customer from reviews where product = %s order by id desc limit 5'
# On a primary the position of the replay is null: the primary itself has everything.
FAR_ENOUGH = 'select coalesce(pg_last_wal_replay_lsn() >= %s, true)'


class NotNow(Exception):
    pass


def connect(url):
    try:
        connection = psycopg2.connect(url, connect_timeout=2)
    except psycopg2.OperationalError as error:
        raise NotNow(str(error)) from error
    connection.autocommit = True
    return connection


def store(product, customer, body):
    """Stores a review: its number, and the position from which on it can be seen."""
    connection = connect(PRIMARY)
    try:
        cursor = connection.cursor()
        cursor.execute('insert into reviews (product, customer, body) values (%s, %s, %s) returning id', (product, customer, body))
        number = cursor.fetchone()[0]
        cursor.execute('select pg_current_wal_lsn()::text')
        return number, cursor.fetchone()[0]
    except psycopg2.OperationalError as error:
        raise NotNow(str(error)) from error
    finally:
        connection.close()


def find(product, position):
    """The newest reviews, from a server that has come as far as the position."""
    trouble = None
    for url in (REPLICA, PRIMARY):
        try:
            connection = connect(url)
            try:
                cursor = connection.cursor()
                if position is not None:
                    cursor.execute(FAR_ENOUGH, (position,))
                    if not cursor.fetchone()[0]:
                        continue
                cursor.execute(NEWEST, (product,))
                return [{'body': body, 'by': customer} for body, customer in cursor]
            finally:
                connection.close()
        except (NotNow, psycopg2.OperationalError) as error:
            trouble = error
    raise NotNow(str(trouble))

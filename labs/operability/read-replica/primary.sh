set -e
initdb --pgdata data --no-sync --encoding UTF8 --locale C.UTF-8 --auth trust --wal-segsize 1 --username desk >/dev/null
cat settings.conf >> data/postgresql.conf
cat > data/pg_hba.conf <<HBA
local all all trust
host shop app samenet trust
host all,replication desk samenet scram-sha-256
HBA
single() { postgres --single -j -D data "$1" >/dev/null; }
printf "alter role desk password '%s';\n\ncreate role app login;\n\ncreate database shop;\n\n" "$PGPASSWORD" | single postgres
single shop < schema.sql
# The container outlives its server: a name that still leads somewhere, and a port that says no.
postgres -D data &
exec sleep infinity

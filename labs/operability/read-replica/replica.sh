set -e
pg_basebackup --host primary --username desk --pgdata data --no-sync --checkpoint fast --wal-method stream --write-recovery-conf
chmod 700 data
# The container outlives its server: a name that still leads somewhere, and a port that says no.
postgres -D data &
exec sleep infinity

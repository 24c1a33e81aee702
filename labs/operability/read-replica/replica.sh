set -e
pg_basebackup --host primary --username desk --pgdata data --no-sync --checkpoint fast --wal-method stream --write-recovery-conf
chmod 700 data
exec postgres -D data

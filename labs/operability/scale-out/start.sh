# The balancer's container: ours. Writes down where the copies are, and again on SIGHUP, as service discovery does; nginx then reads it.
look() {
  : > copies.new
  for name in "$@"; do
    address=$(getent hosts "$name" | cut -d ' ' -f 1)
    [ -n "$address" ] || continue
    echo "server $address:8080 max_fails=1 fail_timeout=30s;" >> copies.new
    echo "{\"event\":\"found\",\"name\":\"$name\",\"address\":\"$address:8080\"}"
  done
  mv copies.new copies.conf
}

look $FIRST_COPIES
nginx -e stderr -p /work -c /work/nginx.conf -g 'daemon off;' &
nginx=$!
trap 'look $ALL_COPIES; kill -HUP "$nginx"' HUP

while true; do
  wait "$nginx"
  code=$?
  kill -0 "$nginx" 2> /dev/null || exit "$code"
done

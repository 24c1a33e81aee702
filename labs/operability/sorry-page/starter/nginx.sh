#!/bin/sh
# What can be done to the balancer:
#   sh nginx.sh say on|off   writes down whether it is maintenance; nginx learns of it when it reads its files again
#   sh nginx.sh reload       has nginx read its files again: from then on new requests meet the new rules, and a worker process that is
#                            still busy finishes what it has by the old ones
#   sh nginx.sh old          prints how many such workers are left
#   sh nginx.sh stop         ends nginx as it is
#   sh nginx.sh start        starts it

pid_file=/tmp/nginx.pid
workers() { cat "/proc/$1/task/$1/children"; }

case "$1" in
  say)
    {
      echo "map \$host \$maintenance { default $2; }"
      echo "map \$host \$maintenance_seconds { default $MAINTENANCE_SECONDS; }"
      echo "map \$http_x_preview \$tester { default no; '$PREVIEW_KEY' yes; }"
    } > state.conf
    ;;
  start)
    nginx -e stderr -p /work -c /work/nginx.conf
    ;;
  stop)
    read -r nginx < "$pid_file"
    kill -TERM "$nginx"
    while kill -0 "$nginx" 2> /dev/null; do sleep 0.05; done
    ;;
  reload)
    nginx -e stderr -p /work -c /work/nginx.conf -q -t || exit
    read -r nginx < "$pid_file"
    before=" $(workers "$nginx")"
    kill -HUP "$nginx"
    while true; do
      for worker in $(workers "$nginx"); do
        case "$before" in *" $worker "*) ;; *) exit 0 ;; esac
      done
      sleep 0.05
    done
    ;;
  old)
    read -r nginx < "$pid_file"
    set -- $(workers "$nginx")
    echo $(($# - 1))
    ;;
esac

# The balancer's container: ours. Each SIGHUP is somebody who turns maintenance on, and the next one off again.
sh nginx.sh say off
sh nginx.sh start || exit 1

state=off
turn() {
  if [ "$state" = off ]; then state=on; else state=off; fi
  echo "{\"event\":\"told\",\"to\":\"$state\"}"
  sh maintenance.sh "$state"
  echo "{\"event\":\"done\",\"to\":\"$state\",\"code\":$?}"
}
trap turn HUP

while true; do
  sleep 3600 &
  wait $!
done

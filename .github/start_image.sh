#!/usr/bin/env bash
# Runs an image once for a simulated account, with as little as the manifests give it.
#
#     .github/start_image.sh spacelift-promex:test
set -euo pipefail
image=$1
docker run --rm "$image" --version
# The older image has no entry point and is started with its program's name, which follows ours here.
docker run --rm "$image" spacelift-promex --version
docker run --rm "$image" /usr/bin/spacelift-promex --version
container=$(docker run --detach --read-only --cap-drop ALL --security-opt no-new-privileges \
  --memory 128m --ulimit nofile=64 --publish 127.0.0.1:9953:9953 "$image" demo)
trap 'docker logs "$container"; docker rm --force "$container" >/dev/null' EXIT
for _ in $(seq 30); do
  if docker exec "$container" /usr/bin/spacelift-promex health 2>/dev/null; then break; fi
  sleep 1
done
docker exec "$container" /usr/bin/spacelift-promex health
curl --fail --silent --show-error http://127.0.0.1:9953/metrics | grep '^spacelift_up 1$'
[[ $(docker inspect --format '{{.Config.User}}' "$container") == 1983:1983 ]]
if docker exec "$container" sh -c true 2>/dev/null; then
  echo "The image has a shell" >&2
  exit 1
fi
docker stop --timeout 10 "$container" >/dev/null
[[ $(docker inspect --format '{{.State.ExitCode}}' "$container") == 0 ]]

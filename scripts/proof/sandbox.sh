#!/bin/sh
# Runs a binary where it has next to nothing: a read-only file system with only its libraries, /proc
# and /dev/null, user 1983 without a name or a home, no standard input, 64 file descriptors and a
# memory limit. Must run as root, for the memory limit; its control group stays behind, empty.
#
#     scripts/proof/sandbox.sh MEBIBYTES BINARY [BWRAP_OPTION]... -- [ARGUMENT]...
set -eu
memory=$1 binary=$2
shift 2

group=/sys/fs/cgroup/memory limit=memory.limit_in_bytes
[ -d "$group" ] || { group=/sys/fs/cgroup limit=memory.max; }
group=$group/spacelift-promex-proof
mkdir -p "$group"
echo "${memory}M" > "$group/$limit"
echo $$ > "$group/cgroup.procs"

for library in $(ldd "$binary" | grep -o '/[^ ]*'); do
  set -- --ro-bind "$library" "$library" "$@"
done

# Options before the first "--" go to bwrap, so the command is put in place of it.
count=$#
placed=no
while [ "$count" -gt 0 ]; do
  argument=$1
  shift
  count=$((count - 1))
  if [ "$placed" = no ] && [ "$argument" = -- ]; then
    placed=yes
    set -- "$@" --remount-ro / -- /usr/bin/spacelift-promex
  else
    set -- "$@" "$argument"
  fi
done

exec prlimit --nofile=64 bwrap --unshare-user --unshare-pid --unshare-ipc --unshare-uts \
  --as-pid-1 --die-with-parent --uid 1983 --gid 1983 --clearenv --proc /proc \
  --dev-bind /dev/null /dev/null \
  --ro-bind "$binary" /usr/bin/spacelift-promex "$@" <&-

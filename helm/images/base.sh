#!/usr/bin/env bash
# Makes a base image as a tar from Debian packages alone: the C and C++ libraries that a JVM and its native libraries
# need, and a user. No shell, no package manager, no registry, no daemon. The same packages give the same bytes.
#   helm/images/base.sh TAR
set -euo pipefail
tar=$(realpath -m "$1")
packages="libc6 libgcc-s1 libstdc++6 zlib1g"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$work/debs" "$work/image" "$root/etc" "$root/tmp" "$(dirname "$tar")"

# shellcheck disable=SC2086 # a list
(cd "$work/debs" && { apt-get download -qq $packages 2>/dev/null || { apt-get update -qq && apt-get download -qq $packages; }; })
for deb in "$work"/debs/*.deb; do
  dpkg-deb -x "$deb" "$root"
done
rm -rf "$root"/usr/share/{doc,man,locale,lintian,gcc,gdb} "$root"/usr/lib/*/gconv "$root"/lib/*/gconv
echo 'root:x:0:0:root:/root:/sbin/nologin
evalfleet:x:10001:10001:evalfleet:/tmp:/sbin/nologin' > "$root/etc/passwd"
echo 'root:x:0:
evalfleet:x:10001:' > "$root/etc/group"
echo 'hosts: files dns' > "$root/etc/nsswitch.conf"
find "$root" -type d -exec chmod 755 {} +
chmod 1777 "$root/tmp"

reproducibly() { tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=ustar "$@"; }
reproducibly -C "$root" -cf "$work/image/layer.tar" .
layer=$(sha256sum "$work/image/layer.tar" | cut -d ' ' -f 1)
architecture=$(dpkg --print-architecture)
cat > "$work/image/config.json" <<JSON
{"architecture":"$architecture","os":"linux","created":"1970-01-01T00:00:00Z","config":{"Env":["LANG=C.UTF-8"]},"rootfs":{"type":"layers","diff_ids":["sha256:$layer"]},"history":[{"created":"1970-01-01T00:00:00Z","created_by":"helm/images/base.sh: $packages"}]}
JSON
echo '[{"Config":"config.json","RepoTags":["evalfleet-base:debian"],"Layers":["layer.tar"]}]' > "$work/image/manifest.json"
reproducibly -C "$work/image" -cf "$tar" manifest.json config.json layer.tar
echo "$tar: $packages, $(du -h "$tar" | cut -f 1)"

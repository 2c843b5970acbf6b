#!/usr/bin/env bash
# Makes the image apache/kafka:VERSION for Testcontainers where no image can be pulled: Debian packages for what a shell
# needs, a small Java runtime, and the broker's jars from Maven. Needs a Debian with Docker, a JDK 25 and Maven.
#   interop/kafka/image/build.sh [VERSION]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=${1:-4.3.1}
image=apache/kafka:$version
packages="libc6 libtinfo6 bash zlib1g busybox-static tzdata"
modules=java.base,java.desktop,java.logging,java.management,java.naming,java.security.jgss,java.security.sasl,java.sql,java.xml,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs

JAVA_HOME=$("$here/../../../evalfleet" --java-home)
export JAVA_HOME
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

echo "== file system: $packages"
mkdir -p "$work/debs" "$root/bin" "$root/tmp" "$root/etc/kafka/docker" "$root/opt/kafka"
chmod 755 "$work" && chmod 1777 "$root/tmp"
# shellcheck disable=SC2086 # a list
(cd "$work/debs" && apt-get download -qq $packages)
for deb in "$work"/debs/*.deb; do
  dpkg-deb -x "$deb" "$root"
done
rm -rf "$root/usr/share/doc" "$root/usr/share/man" "$root/usr/share/locale" "$root/usr/lib/x86_64-linux-gnu/gconv"
for command in sh sleep env sed grep awk cat mkdir rm ls ps chmod; do
  [ -e "$root/bin/$command" ] || ln -s busybox "$root/bin/$command"
done

echo "== Java runtime: $("$JAVA_HOME/bin/java" --version | head -n 1)"
"$JAVA_HOME/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --compress zip-6 \
  --output "$root/opt/java"

echo "== Kafka $version"
mvn -B -q -ntp -f "$here/../pom.xml" -Dkafka.version="$version" dependency:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$root/opt/kafka/libs"
cp "$here/run" "$root/etc/kafka/docker/run"

echo "== image"
tar -C "$root" -c . | docker import --change 'ENV PATH=/bin:/usr/bin:/opt/java/bin' --change 'EXPOSE 9092' \
  --message "Kafka $version, made locally" - "$image"
docker images "$image"

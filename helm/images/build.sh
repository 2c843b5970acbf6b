#!/usr/bin/env bash
# Makes the images: evalfleet-producer, -worker, -aggregator, -dashboard and -cli, or with --cuda evalfleet-worker-cuda.
# Each is a base with a C library, a Java runtime of the modules that are used (made from the JDK at hand), and the jars
# of its role. Nothing is kept of the time, the machine or the folder: the same sources give the same digests.
#   helm/images/build.sh                          tars in */target/images, on a base of Debian packages
#   helm/images/build.sh --base debian:12-slim --push registry.example.com/ml/evalfleet-
#   helm/images/build.sh --cuda --base nvidia/cuda:12.6.3-cudnn-runtime-ubuntu24.04 --push ...
#   --tag TAG (default: the version), --load (into the Docker daemon), --quiet; credentials are those of `docker login`
set -euo pipefail
cd "$(dirname "$0")/../.."
modules=java.base,java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,java.scripting,java.security.jgss,java.security.sasl,java.sql,java.xml,jdk.crypto.ec,jdk.httpserver,jdk.jcmd,jdk.jfr,jdk.management,jdk.management.agent,jdk.naming.dns,jdk.net,jdk.security.auth,jdk.unsupported,jdk.zipfs

base="" goal=buildTar cuda="" roles=producer,aggregator,worker,local options=()
while [ $# -gt 0 ]; do
  case $1 in
    --base) base=$2 && shift ;;
    --push) goal=build && options+=("-Dimage.prefix=$2") && shift ;;
    --load) goal=dockerBuild ;;
    --tag) options+=("-Dimage.tag=$2") && shift ;;
    --cuda) cuda=,cuda roles=worker ;;
    --quiet) options+=(-q) ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
  esac
  shift
done

JAVA_HOME=$(./evalfleet --java-home)
export JAVA_HOME
made=$PWD/helm/target/images
mkdir -p "$made"
if [ -z "$base" ]; then
  helm/images/base.sh "$made/base.tar"
  base=tar://$made/base.tar
fi
java=$made/java-$(sha256sum < "$JAVA_HOME/release" | cut -c 1-12)
if [ ! -x "$java/bin/java" ]; then
  rm -rf "$java"
  "$JAVA_HOME/bin/jlink" --add-modules $modules --strip-debug --no-header-files --no-man-pages --output "$java"
fi
echo "Java: $("$java/bin/java" --version | head -n 1), $(du -sh "$java" | cut -f 1)"

mvn -B -ntp -Dquick -Dmaven.test.skip -Dspotless.check.skip -P "images$cuda" -pl $roles -am package \
  -Dimage.base="$base" -Dimage.java="$java" -Dimage.goal=$goal "${options[@]}"
if [ $goal = buildTar ]; then
  for tar in */target/images/evalfleet-*.tar; do
    echo "$tar $(du -h "$tar" | cut -f 1) $(tar -xOf "$tar" config.json | sha256sum | cut -d ' ' -f 1)"
  done
fi

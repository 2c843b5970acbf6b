#!/usr/bin/env bash
# Runs integration tests on a broker in a container, and says so: interop/testcontainers.sh [TESTS]
# Where no image can be pulled, makes it from local pieces first. Needs a Docker daemon that answers.
set -euo pipefail
cd "$(dirname "$0")/.."
version=4.3.1
tests=${1:-TopicsIT,ProducerIT,AggregatorIT}

if ! docker info > /dev/null 2>&1; then
  echo "Skipped: Docker does not answer. On Debian: apt-get install docker.io, then dockerd &" >&2
  exit 0
fi
if ! docker image inspect "apache/kafka:$version" > /dev/null 2>&1 && ! timeout 60 docker pull -q "apache/kafka:$version"; then
  echo "apache/kafka:$version cannot be pulled and is made here"
  interop/kafka/image/build.sh "$version"
fi
if ! docker image inspect testcontainers/ryuk > /dev/null 2>&1 && ! timeout 20 docker pull -q testcontainers/ryuk > /dev/null 2>&1; then
  export TESTCONTAINERS_RYUK_DISABLED=true # the container that tidies up is an image, too
fi
if [ -e /.dockerenv ]; then
  export TESTCONTAINERS_HOST_OVERRIDE=localhost # this machine only looks like a container
fi

JAVA_HOME=$(./evalfleet --java-home)
export JAVA_HOME
log=$(mktemp)
trap 'rm -f "$log"' EXIT
mvn -B -ntp -Dquick -Dspotless.check.skip -pl local -am verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false \
  -Dit.test="$tests" -Dfailsafe.failIfNoSpecifiedTests=false > "$log" 2>&1 || { tail -n 60 "$log"; exit 1; }
grep -E '^Tests run on|Tests run:.*IT$' "$log"
grep -q "^Tests run on apache/kafka:$version in a container" "$log" || { echo "but not in a container" >&2; exit 1; }

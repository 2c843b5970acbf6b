#!/bin/sh
# Makes the vectors that KafkaTrigger and Hpa are tested with, out of KEDA's and Kubernetes' own code. Needs Go and its
# module proxy. Usage: make-vectors.sh (writes to ../test/resources/scaling)
set -eu
keda=v2.20.2
kubernetes=v1.35.4
libraries=v0.35.4 # k8s.io/api and the others of that release

here=$(cd "$(dirname "$0")" && pwd -P)
out=$here/../test/resources/scaling
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"

# The folder of a module in Go's cache.
folder() {
  (cd "$work" && go mod download -json "$1") | sed -n 's/.*"Dir": "\(.*\)".*/\1/p'
}

kafka_trigger() {
  source=$(folder "github.com/kedacore/keda/v2@$keda")/pkg/scalers
  mkdir -p "$work/keda"
  cp "$here/kafka_vectors_test.go" "$work/keda/"
  {
    echo 'package scalers'
    echo 'import ("fmt"; "math"; "sort"; "github.com/IBM/sarama")'
    for function in '(s \*kafkaScaler) getLagForPartition' '(s \*kafkaScaler) getTotalLag' \
      getNextFactorThatBalancesConsumersToTopicPartitions FindFactors; do
      sed -n "/^func $function(/,/^}/p" "$source/kafka_scaler.go" "$source/scaler.go" | sed '/^}/q'
    done
  } >"$work/keda/cut.go"
  cd "$work/keda"
  go mod init oracle >/dev/null 2>&1
  go mod tidy
  VECTORS=$out/kafka-trigger.json go test -count=1 -run TestVectors .
}

hpa() {
  source=$(folder "k8s.io/kubernetes@$kubernetes")
  mkdir -p "$work/hpa/podautoscaler"
  for file in doc horizontal rate_limiters replica_calculator; do
    cp "$source/pkg/controller/podautoscaler/$file.go" "$work/hpa/podautoscaler/"
  done
  cp "$here/hpa_vectors_test.go" "$work/hpa/podautoscaler/"
  cd "$work/hpa"
  {
    printf 'module oracle\n\ngo 1.25.0\n\nrequire k8s.io/kubernetes %s\n\nreplace (\n' "$kubernetes"
    sed -n "s#^[[:space:]]*\(k8s.io/[a-z-]*\) => ./staging.*#  \1 => \1 $libraries#p" "$source/go.mod"
    printf ')\n'
  } >go.mod
  go mod tidy
  VECTORS=$out/hpa.json go test -count=1 -run TestVectors ./podautoscaler
}

case ${1:-all} in
  kafka) kafka_trigger ;;
  hpa) hpa ;;
  *) (kafka_trigger) && hpa ;;
esac

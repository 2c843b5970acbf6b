#!/usr/bin/env bash
# Installs the clients that the interoperability tests run: Confluent's for Python, in interop/python/.venv, and two for
# Node.js, in interop/node/node_modules. Needs Python 3.9 and Node.js 20.19, or newer ones; what is there is kept.
set -euo pipefail
cd "$(dirname "$0")"

venv=python/.venv
if ! cmp -s python/requirements.txt "$venv/installed.txt"; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement python/requirements.txt
  cp python/requirements.txt "$venv/installed.txt"
fi
echo "Python: $("$venv/bin/python" -c 'import confluent_kafka; print("confluent-kafka", confluent_kafka.__version__)')"

if ! cmp -s node/package-lock.json node/node_modules/.installed.json; then
  npm ci --prefix node --no-audit --no-fund --ignore-scripts --silent
  cp node/package-lock.json node/node_modules/.installed.json
fi
echo "Node.js: @platformatic/kafka $(node -p 'require("./node/node_modules/@platformatic/kafka/package.json").version')"

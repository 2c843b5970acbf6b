#!/usr/bin/env bash
# Checks the examples with the tools they are for, each from its registry: actionlint (Go), the models of Argo Workflows
# (npm), Airflow and MLflow (PyPI). Takes some minutes and 2 GB the first time; what is there is kept in target/.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tools=$here/../../target/pipelines
mkdir -p "$tools"

echo "== GitHub Actions: actionlint"
[ -x "$tools/actionlint" ] || GOBIN=$tools go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
"$tools/actionlint" "$here/github-actions.yaml"

echo "== Airflow and MLflow"
python=$tools/venv/bin/python
if [ ! -x "$python" ]; then
  python3 -m venv "$tools/venv"
  "$tools/venv/bin/pip" install --quiet --disable-pip-version-check 'apache-airflow==3.1.*' 'confluent-kafka[avro,schemaregistry]==2.16.0' pyyaml
  python3 -m venv "$tools/mlflow"
  "$tools/mlflow/bin/pip" install --quiet --disable-pip-version-check 'mlflow>=3,<4' 'confluent-kafka[avro,schemaregistry]==2.16.0'
fi
export AIRFLOW_HOME=$tools/airflow AIRFLOW__CORE__LOAD_EXAMPLES=False AIRFLOW__CORE__DAGS_FOLDER=$tools/airflow/dags
mkdir -p "$AIRFLOW__CORE__DAGS_FOLDER"
cp "$here/airflow_dag.py" "$AIRFLOW__CORE__DAGS_FOLDER"
"$tools/venv/bin/airflow" db migrate > "$tools/airflow.log" 2>&1
"$python" - "$AIRFLOW__CORE__DAGS_FOLDER" <<'PY' 2>> "$tools/airflow.log"
import sys
from airflow.models.dagbag import DagBag
bag = DagBag(sys.argv[1])
assert not bag.import_errors, bag.import_errors
(dag,) = bag.dags.values()
print(f"the DAG {dag.dag_id} has the tasks {', '.join(task.task_id for task in dag.topological_sort())}")
PY
"$tools/mlflow/bin/python" - "$here" "$tools" <<'PY' 2>> "$tools/airflow.log"
import os, sys, tempfile
os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{tempfile.mkdtemp(dir=sys.argv[2])}/mlflow.db"
sys.path.insert(0, sys.argv[1])
from mlflow import MlflowClient
import promote
client = MlflowClient()
client.create_registered_model("qwen")
client.create_model_version("qwen", "s3://models/qwen/1")
promote.to_mlflow("champion", {"id": "request", "labels": {"mlflow": "qwen/1"}})
assert client.get_model_version_by_alias("qwen", "champion").version in (1, "1")
PY

echo "== Argo Workflows and the Job: models of npm"
[ -e "$here/../../helm/schemas/node_modules/.package-lock.json" ] || npm ci --prefix "$here/../../helm/schemas" --no-audit --no-fund --ignore-scripts --silent
"$python" -c 'import json, sys, yaml; print(json.dumps([yaml.safe_load(open(file)) for file in sys.argv[1:]]))' \
  "$here/argo-workflow.yaml" "$here/kubernetes-job.yaml" | node "$here/../../helm/schemas/check.mjs" | tee "$tools/manifests.json"
grep -q '"problems":\[\]' "$tools/manifests.json"

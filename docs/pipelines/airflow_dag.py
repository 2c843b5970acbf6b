"""Airflow: asks for an evaluation, waits for it without holding a worker slot, and goes on only when it passed.

Needs Airflow 3 with confluent-kafka (requirements.txt). Its Variables: evalfleet_bootstrap, evalfleet_dashboard and, as
a secret, evalfleet_token. The request is a plain JSON record: no schema registry is asked.
"""
import json
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timedelta

from airflow.sdk import PokeReturnValue, Variable, dag, task

OPEN = ("PLANNED", "RUNNING")
PASSED = ("PASS", "PASS_WITH_REGRESSION")


def publish(topic, key, value):
    from confluent_kafka import Producer
    from confluent_kafka.admin import AdminClient, NewTopic

    settings = {"bootstrap.servers": Variable.get("evalfleet_bootstrap")}
    admin = AdminClient(settings)
    if "evalfleet." + topic not in admin.list_topics(timeout=30).topics:
        admin.create_topics([NewTopic("evalfleet." + topic, 6)])["evalfleet." + topic].result(30)
    producer = Producer({**settings, "enable.idempotence": True})
    failures = []
    producer.produce("evalfleet." + topic, key=key, value=json.dumps(value), headers={"content-type": "application/json"},
                     on_delivery=lambda error, _: error and failures.append(error))
    if producer.flush(60) or failures:
        raise RuntimeError(f"evalfleet.{topic} does not take {key}: {failures or 'no answer'}")


def state_of(request_id):
    """The request's state as the dashboard says it; None before it is planned."""
    url = f"{Variable.get('evalfleet_dashboard')}/api/run?{urllib.parse.urlencode({'id': request_id})}"
    headers = {"Authorization": "Bearer " + Variable.get("evalfleet_token", default="")}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return json.load(answer)["state"]
    except urllib.error.HTTPError as problem:
        if problem.code == 404:
            return None
        raise


@dag(schedule=None, start_date=datetime(2026, 1, 1), catchup=False, tags=["evaluation"],
     params={"model": "candidate", "baseline": "production", "tasks": ["gsm8k"], "limit": None},
     default_args={"retries": 2, "retry_delay": timedelta(minutes=1)})
def evaluate_and_promote():
    @task
    def submit(params=None, run_id=None):
        models = [params["model"]]
        request = {
            "tasks": params["tasks"],
            "models": models,
            "baseline": params["baseline"],
            "gates": {"maxRegression": {"exact_match": 0.02}, "stopEarly": "on-verdict"},
            "labels": {"airflow": run_id},
        }
        if params["limit"] is not None:
            request["limit"] = params["limit"]
        request_id = "airflow-" + run_id.replace(":", "-").replace("+", "-")  # a retry is the same request
        publish("requests", request_id, request)
        return request_id

    @task.sensor(poke_interval=30, timeout=4 * 3600, mode="reschedule")
    def ended(request_id):
        state = state_of(request_id)
        over = state is not None and state["status"] not in OPEN
        if over and state["status"] == "REJECTED":
            raise RuntimeError("; ".join(problem["message"] for problem in state["problems"]))
        return PokeReturnValue(is_done=over, xcom_value=state)

    @task.short_circuit
    def passed(state):
        verdict = state["verdict"] or {"outcome": "none", "reason": state["status"]}
        print(f"{state['id']}: {verdict['outcome']} {verdict['reason']}")
        return verdict["outcome"] in PASSED

    @task
    def promote(state, params=None):
        publish("promotions", params["model"], {"id": state["id"], "model": params["model"], "verdict": state["verdict"]})

    state = ended(submit())
    passed(state) >> promote(state)


evaluate_and_promote()

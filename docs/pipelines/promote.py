"""Promotes models whose evaluation passed: to a topic, to a webhook, to an alias of MLflow's model registry.

    promote.py REQUEST --topic promotions            waits for its verdict; exit code 0 promoted, 3 not passed
    promote.py --follow --topic promotions ...       every request that ends from now on, and has the label promote

A request says what it is about in its labels: `promote` is the name of what is promoted (default: its candidate models),
`mlflow` is NAME/VERSION in the model registry. A promotion may be told twice (after a crash between telling and committing):
its id is that of the request, by which the receiver knows it. The model is the key of the topic's records.
"""
import argparse
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

BROKER = os.environ.get("EVALFLEET_BOOTSTRAP", "127.0.0.1:9092")
REGISTRY = os.environ.get("EVALFLEET_REGISTRY", "http://127.0.0.1:8081")
PREFIX = os.environ.get("EVALFLEET_PREFIX", "evalfleet.")
KAFKA = json.loads(os.environ.get("EVALFLEET_CLIENT", "{}"))  # more settings of librdkafka, such as sasl.username
RUNS = PREFIX + "runs"
PASSED = ("PASS", "PASS_WITH_REGRESSION")
OPEN = ("PLANNED", "RUNNING")
VERDICT_WITHIN = 10  # seconds: the verdict of a request may follow its last state

decode = AvroDeserializer(SchemaRegistryClient({"url": REGISTRY}))


def states(consumer):
    """Key, state and message of every record of `runs`, and None whenever there is none for a second."""
    while True:
        message = consumer.poll(1)
        if message is None:
            yield None
        elif message.error():
            raise KafkaException(message.error())
        elif message.value() is not None:
            yield decode(message.value(), SerializationContext(RUNS, MessageField.VALUE)), message


def consumer(group, **more):
    return Consumer({"bootstrap.servers": BROKER, "group.id": group, "enable.auto.commit": False, **KAFKA, **more})


def verdict_of(request_id):
    """The last state of a request that has ended."""
    reader = consumer("none")
    partitions = reader.list_topics(RUNS, 30).topics[RUNS].partitions
    reader.assign([TopicPartition(RUNS, number, OFFSET_BEGINNING) for number in partitions])
    ended, since, runs = None, None, {}
    for next_one in states(reader):
        if next_one is not None:
            state = next_one[0]
            if state["requestId"] != request_id:
                continue
            if state["kind"] == "RUN":
                runs[state["id"]] = state
            elif state["status"] not in OPEN:
                ended, since = state, since or time.monotonic()
        if ended is None:
            continue
        whole = ended["verdict"] and all(run in runs for run in ended["runs"])  # they stand in other partitions
        if whole or time.monotonic() - since > VERDICT_WITHIN:
            reader.close()
            return ended, sorted({run["model"] for run in runs.values() if run["role"] == "CANDIDATE"})
    raise AssertionError("a topic has no end")


def passed(state):
    return state["verdict"] is not None and state["verdict"]["outcome"] in PASSED


def promotion(state, models):
    verdict, labels = state["verdict"], state["labels"]
    return {
        "id": state["requestId"],
        "models": [labels["promote"]] if "promote" in labels else models,
        "outcome": verdict["outcome"],
        "metric": verdict["metric"],
        "samples": verdict["n"],
        "reason": verdict["reason"],
        "labels": labels,
    }


def make_topic(name):
    admin = AdminClient({"bootstrap.servers": BROKER, **KAFKA})
    try:
        admin.create_topics([NewTopic(name, 6)])[name].result(30)
    except KafkaException as problem:
        if problem.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise


def to_topic(topic, told):
    make_topic(PREFIX + topic)
    producer = Producer({"bootstrap.servers": BROKER, "enable.idempotence": True, **KAFKA})
    failures = []
    for model in told["models"]:
        producer.produce(PREFIX + topic, key=model, value=json.dumps({**told, "model": model}),
                         headers={"content-type": "application/json", "idempotency-key": told["id"]},
                         on_delivery=lambda error, _: error and failures.append(error))
    if producer.flush(60) or failures:
        raise SystemExit(f"{PREFIX}{topic} does not take the promotion of {told['id']}: {failures or BROKER}")
    print(f"{told['id']}: {', '.join(told['models'])} told to the topic {PREFIX}{topic}")


def to_webhook(url, told, attempts=5):
    """As evalfleet's own alerts are posted: signed over the body, with an idempotency key, again after 5xx and 429."""
    body = json.dumps(told).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": told["id"]}
    secret = os.environ.get("EVALFLEET_WEBHOOK_SECRET")
    if secret:
        headers["X-Evalfleet-Signature"] = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    for attempt in range(1, attempts + 1):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as answer:
                print(f"{told['id']}: {', '.join(told['models'])} told to the webhook, status {answer.status}")
                return
        except urllib.error.HTTPError as refused:
            problem = f"status {refused.code}"
            if refused.code < 500 and refused.code not in (408, 425, 429):
                break
        except urllib.error.URLError as silent:
            problem = silent.reason
        if attempt < attempts:
            time.sleep(min(60, 2 ** attempt))
    raise SystemExit(f"the webhook does not take the promotion of {told['id']}: {problem}")


def to_mlflow(alias, told):
    from mlflow import MlflowClient

    name, version = told["labels"]["mlflow"].rsplit("/", 1)
    client = MlflowClient()  # MLFLOW_TRACKING_URI and MLFLOW_REGISTRY_URI say where
    client.set_model_version_tag(name, version, "evalfleet.request", told["id"])
    client.set_registered_model_alias(name, alias, version)
    print(f"{told['id']}: {name} version {version} is now {name}@{alias}")


def tell(arguments, state, models):
    told = promotion(state, models)
    if arguments.topic:
        to_topic(arguments.topic, told)
    if arguments.webhook:
        to_webhook(arguments.webhook, told)
    if arguments.mlflow and "mlflow" in told["labels"]:
        to_mlflow(arguments.mlflow, told)


def follow(arguments):
    reader = consumer(PREFIX + "promoter", **{"auto.offset.reset": "latest"})
    reader.subscribe([RUNS])
    told = set()
    for next_one in states(reader):
        if next_one is None:
            continue
        state, message = next_one
        due = state["kind"] == "REQUEST" and state["status"] not in OPEN and "promote" in state["labels"]
        if due and passed(state) and state["requestId"] not in told:
            told.add(state["requestId"])
            tell(arguments, state, [])
        reader.commit(message, asynchronous=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("request", nargs="?", metavar="REQUEST")
    parser.add_argument("--follow", action="store_true")
    parser.add_argument("--topic", help="name after the prefix, such as promotions")
    parser.add_argument("--webhook", metavar="URL", help="EVALFLEET_WEBHOOK_SECRET signs what is posted")
    parser.add_argument("--mlflow", metavar="ALIAS", help="alias that is set on the version the label mlflow names")
    arguments = parser.parse_args()
    if arguments.follow == bool(arguments.request):
        parser.error("give one request, or --follow")
    if not (arguments.topic or arguments.webhook or arguments.mlflow):
        parser.error("nobody is told: give --topic, --webhook or --mlflow")
    if arguments.follow:
        follow(arguments)
    state, models = verdict_of(arguments.request)
    if not passed(state):
        outcome = state["verdict"]["outcome"] if state["verdict"] else f"no verdict, {state['status']}"
        print(f"{arguments.request}: not promoted, {outcome}")
        sys.exit(3)
    tell(arguments, state, models)


if __name__ == "__main__":
    main()

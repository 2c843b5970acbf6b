"""Publishes an evaluation request, follows its runs and metrics, then reads its results and alerts."""
import os
import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

BROKER = os.environ.get("EVALFLEET_BOOTSTRAP", "127.0.0.1:9092")
REGISTRY = os.environ.get("EVALFLEET_REGISTRY", "http://127.0.0.1:8081")
PREFIX = os.environ.get("EVALFLEET_PREFIX", "evalfleet.")

registry = SchemaRegistryClient({"url": REGISTRY})
encode = AvroSerializer(registry, conf={"auto.register.schemas": False, "use.latest.version": True})
decode = AvroDeserializer(registry)


def publish(request):
    topic = PREFIX + "requests"
    producer = Producer({"bootstrap.servers": BROKER})
    value = encode(request, SerializationContext(topic, MessageField.VALUE))
    producer.produce(topic, key=request["requestId"], value=value)
    if producer.flush(30) > 0:
        raise SystemExit(f"{BROKER} does not take the request")


def records(*names, follow=False):
    """Topic and value of every record from the first on: to the last that is there now, or for ever."""
    consumer = Consumer({"bootstrap.servers": BROKER, "group.id": "none", "enable.partition.eof": True})
    topics = [PREFIX + name for name in names]
    partitions = [TopicPartition(topic, number, OFFSET_BEGINNING)
                  for topic in topics for number in consumer.list_topics(topic, 30).topics[topic].partitions]
    consumer.assign(partitions)
    at_end = set()
    while follow or len(at_end) < len(partitions):
        message = consumer.poll(1)
        if message is None:
            continue
        if not message.error():
            value = decode(message.value(), SerializationContext(message.topic(), MessageField.VALUE))
            yield message.topic().removeprefix(PREFIX), value
        elif message.error().code() == KafkaError._PARTITION_EOF:
            at_end.add((message.topic(), message.partition()))
        else:
            raise KafkaException(message.error())
    consumer.close()


request_id = f"python-{time.time_ns()}"
publish({
    "requestId": request_id,
    "tasks": ["skills_subtract"],
    "models": ["tinygpt-v1", "tinygpt-v2"],
    "baseline": {"kind": "MODEL", "value": "tinygpt-v1"},
    "limit": 200.0,
    "labels": {"from": "python"},
})
for topic, record in records("runs", "metrics", follow=True):
    if record is None or record["requestId"] != request_id:
        continue  # a tombstone, or somebody else's
    if topic == "metrics" and record["slice"] == "":
        print(f"{record['model']} {record['metric']} {record['value']:.4f} "
              f"in [{record['lower'] or 0:.4f}, {record['upper'] or 1:.4f}] after {record['n']} of {record['expected']}")
    elif topic == "runs" and record["kind"] == "REQUEST" and record["status"] not in ("PLANNED", "RUNNING"):
        print(f"{record['id']} {record['status']}", *(problem["message"] for problem in record["problems"]))
        break

results = [result for _, result in records("results") if result["requestId"] == request_id]
print(f"{len(results)} results, {sum(result['status'] == 'SCORED' for result in results)} scored")
for alert in (alert for _, alert in records("alerts") if alert["requestId"] == request_id):
    print(f"{alert['kind']}: {alert['message']}")

"""Writes every record of the fleet's topics again with Confluent's serializer, and compares the bytes.

A test of the wire format, not an example: says for each topic how many records there are and how many differ."""
import faulthandler
import functools
import json
import os
import sys
import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

faulthandler.dump_traceback_later(150, exit=True)  # where it waits, should it not end

prefix = os.environ["EVALFLEET_PREFIX"]
registry = SchemaRegistryClient({"url": os.environ["EVALFLEET_REGISTRY"], "timeout": 20})
decode = AvroDeserializer(registry)
consumer = Consumer({"bootstrap.servers": os.environ["EVALFLEET_BOOTSTRAP"], "group.id": "none", "enable.partition.eof": True})


def values(topic, within=60):
    """Every value up to the ends that the partitions have, or a TimeoutError after that many seconds."""
    partitions = consumer.list_topics(topic, 30).topics[topic].partitions
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
    ended, deadline = set(), time.monotonic() + within
    while len(ended) < len(partitions):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{topic}: no end of {sorted(set(partitions) - ended)} within {within} s")
        message = consumer.poll(1)
        if message is None:
            continue
        if not message.error():
            if message.value() is not None:
                yield message.value()
        elif message.error().code() == KafkaError._PARTITION_EOF:
            ended.add(message.partition())
        else:
            raise KafkaException(message.error())


@functools.cache
def serializer(topic, schema_id):
    return AvroSerializer(registry, registry.get_schema(schema_id).schema_str, conf={"auto.register.schemas": False})


def written_again(topic, value):
    context = SerializationContext(topic, MessageField.VALUE)
    return serializer(topic, int.from_bytes(value[1:5], "big"))(decode(value, context), context)


report = {}
for name in sys.argv[1:]:
    topic = prefix + name
    pairs = [(value, written_again(topic, value)) for value in list(values(topic))]
    report[name] = {"records": len(pairs), "different": sum(before != after for before, after in pairs)}
print(json.dumps(report), flush=True)
os._exit(0)  # nothing was committed, so the client's threads need no farewell

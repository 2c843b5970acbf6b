"""Writes every record of the fleet's topics again with Confluent's serializer, and compares the bytes.

A test of the wire format, not an example: says for each topic how many records there are and how many differ."""
import json
import os
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

prefix = os.environ["EVALFLEET_PREFIX"]
registry = SchemaRegistryClient({"url": os.environ["EVALFLEET_REGISTRY"]})
decode = AvroDeserializer(registry)
consumer = Consumer({"bootstrap.servers": os.environ["EVALFLEET_BOOTSTRAP"], "group.id": "none", "enable.partition.eof": True})


def values(topic):
    partitions = consumer.list_topics(topic, 30).topics[topic].partitions
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
    at_end = 0
    while at_end < len(partitions):
        message = consumer.poll(1)
        if message is None:
            continue
        if not message.error():
            if message.value() is not None:
                yield message.value()
        elif message.error().code() == KafkaError._PARTITION_EOF:
            at_end += 1
        else:
            raise KafkaException(message.error())


def written_again(topic, value):
    schema = registry.get_schema(int.from_bytes(value[1:5], "big"))
    encode = AvroSerializer(registry, schema.schema_str, conf={"auto.register.schemas": False})
    context = SerializationContext(topic, MessageField.VALUE)
    return encode(decode(value, context), context)


report = {}
for name in sys.argv[1:]:
    topic = prefix + name
    pairs = [(value, written_again(topic, value)) for value in values(topic)]
    report[name] = {"records": len(pairs), "different": sum(before != after for before, after in pairs)}
print(json.dumps(report))

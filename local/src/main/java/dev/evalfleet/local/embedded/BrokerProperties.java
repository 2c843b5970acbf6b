package dev.evalfleet.local.embedded;

import java.util.HashMap;
import java.util.Map;

/// Settings of a broker that serves one machine: small, alone, and quick to let consumers join.
final class BrokerProperties {
    private BrokerProperties() {}

    static Map<String, String> small() {
        Map<String, String> properties = new HashMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put(
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:PLAINTEXT");
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("auto.create.topics.enable", "false");
        properties.putAll(ofASingleNode());
        thrifty(properties);
        return Map.copyOf(properties);
    }

    /// What any broker without others beside it needs, whatever it listens on.
    static Map<String, String> ofASingleNode() {
        Map<String, String> properties = new HashMap<>();
        alone(properties);
        quickJoins(properties);
        return Map.copyOf(properties);
    }

    /// What three brokers need instead: each record on all of them, acknowledged when two have it.
    static Map<String, String> ofThree() {
        Map<String, String> properties = new HashMap<>();
        for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            properties.put(topic + ".replication.factor", "3");
        }
        properties.put("transaction.state.log.min.isr", "2");
        properties.put("share.coordinator.state.topic.min.isr", "2");
        properties.put("default.replication.factor", "3");
        properties.put("min.insync.replicas", "2");
        return Map.copyOf(properties);
    }

    private static void alone(Map<String, String> properties) {
        for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            properties.put(topic + ".replication.factor", "1");
            properties.put(topic + ".num.partitions", "4");
        }
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("default.replication.factor", "1");
    }

    // The defaults make a first join take 5.5 s, and a change of members as long as a heartbeat of 5 s.
    private static void quickJoins(Map<String, String> properties) {
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("group.consumer.assignment.interval.ms", "0");
        properties.put("group.consumer.assignor.offload.enable", "false");
        properties.put("group.consumer.min.heartbeat.interval.ms", "500");
        properties.put("group.consumer.heartbeat.interval.ms", "500");
        properties.put("group.consumer.min.session.timeout.ms", "6000");
        properties.put("group.consumer.session.timeout.ms", "15000");
    }

    private static void thrifty(Map<String, String> properties) {
        properties.put("log.cleaner.dedupe.buffer.size", "4194304");
        properties.put("log.index.size.max.bytes", "1048576");
        properties.put("num.io.threads", "4");
        properties.put("num.network.threads", "2");
        properties.put("background.threads", "2");
    }
}

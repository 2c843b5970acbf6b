package dev.evalfleet.local.security;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.evalfleet.runtime.kafka.KafkaConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.LoggerFactory;

/// Looks for planted secrets in whatever leaves a fleet: log lines of everybody from INFO on, records, and texts that
/// are handed to it.
final class Mole implements AutoCloseable {
    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private static final Logger CLIENTS = (Logger) LoggerFactory.getLogger("org.apache.kafka");
    private static final Logger OURS = (Logger) LoggerFactory.getLogger("dev.evalfleet");

    private final List<String> secrets;
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private final Level clients = CLIENTS.getLevel();
    private final Level ours = OURS.getLevel();
    private final AppenderBase<ILoggingEvent> ears = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            IThrowableProxy problem = event.getThrowableProxy();
            hear(event.getFormattedMessage() + (problem == null ? "" : ThrowableProxyUtil.asString(problem)));
        }
    };

    Mole(List<String> secrets) {
        this.secrets = secrets;
        ears.setContext(ROOT.getLoggerContext());
        ears.start();
        ROOT.addAppender(ears);
        CLIENTS.setAdditive(false); // heard at INFO, and kept off the build's output
        CLIENTS.addAppender(ears);
        CLIENTS.setLevel(Level.INFO);
        OURS.setAdditive(false);
        OURS.addAppender(ears);
        OURS.setLevel(Level.DEBUG);
    }

    void hear(String text) {
        seen.add(text);
    }

    int heard() {
        return seen.size();
    }

    boolean hasHeard(String words) {
        return seen.stream().anyMatch(text -> text.contains(words));
    }

    /// Every record of every topic that is not the broker's own: keys, values, headers.
    int readTopics(KafkaConfig kafka) throws ExecutionException, InterruptedException {
        int records = 0;
        try (Admin admin = kafka.admin();
                Consumer<String, byte[]> consumer = kafka.reader(Map.of("isolation.level", "read_uncommitted"))) {
            List<TopicPartition> partitions = admin.listTopics().names().get().stream()
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    records++;
                    hear(text(record));
                }
            }
        }
        return records;
    }

    /// How every process of this machine was started, and the properties of this one.
    void readCommandLines() {
        ProcessHandle.allProcesses()
                .forEach(process -> process.info().commandLine().ifPresent(this::hear));
        System.getProperties().forEach((name, value) -> hear(name + "=" + value));
    }

    private static String text(ConsumerRecord<String, byte[]> record) {
        StringBuilder text = new StringBuilder(record.topic())
                .append(' ')
                .append(record.key())
                .append(' ');
        if (record.value() != null) {
            text.append(new String(record.value(), StandardCharsets.UTF_8));
        }
        record.headers().forEach(header -> text.append(' ').append(new String(header.value(), StandardCharsets.UTF_8)));
        return text.toString();
    }

    void foundNothing() {
        for (String secret : secrets) {
            assertThat(seen).as("texts that hold the secret " + secret).noneMatch(text -> text.contains(secret));
        }
    }

    @Override
    public void close() {
        ROOT.detachAppender(ears);
        for (Logger logger : List.of(CLIENTS, OURS)) {
            logger.detachAppender(ears);
            logger.setAdditive(true);
        }
        CLIENTS.setLevel(clients);
        OURS.setLevel(ours);
    }
}

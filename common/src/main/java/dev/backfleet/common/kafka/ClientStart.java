package dev.backfleet.common.kafka;

import dev.backfleet.common.telemetry.Logging;
import java.lang.management.ManagementFactory;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * The part of a Kafka client's start that needs no settings, and that most of its time goes to: the definitions of its
 * configuration and of its messages, and the JVM's management, in which it registers. A command that publishes begins it before
 * it has read its arguments.
 */
public final class ClientStart {
    private ClientStart() {}

    /** Begins it on a thread of its own, which nobody waits for: a client does what is missing. */
    public static void begin() {
        Logging.makeReady();
        var thread = new Thread(ClientStart::run, "kafka-start");
        thread.setDaemon(true);
        thread.start();
    }

    static void run() {
        ManagementFactory.getPlatformMBeanServer();
        AdminClientConfig.configNames();
        ProducerConfig.configNames();
        ApiKeys.clientApis();
    }
}

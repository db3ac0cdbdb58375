package dev.backfleet.coordinator.cli.session;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.kafka.control.ControlPublisher;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.KafkaConnectionSettings;
import dev.backfleet.common.telemetry.Logging;
import dev.backfleet.coordinator.operation.control.ControlChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Publishes the control records of a command. Its Kafka clients are opened on a thread of their own while the command opens its
 * database: they take as long as everything else that the command does. Nothing is published before it is asked for.
 */
final class CommandChannel implements ControlChannel, AutoCloseable {
    // The JVM's own end waits for 300 ms while a client's thread waits for its socket. Closing takes a few
    // milliseconds, if the
    // brokers answer.
    private static final Duration CLOSING = Duration.ofMillis(300);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final CompletableFuture<ControlPublisher> opened = new CompletableFuture<>();

    private CommandChannel() {}

    /** Begins to open the clients. A failure to do so is that of publishing. */
    static CommandChannel open(Settings settings) {
        Logging.makeReady();
        var channel = new CommandChannel();
        inBackground("kafka-open", () -> channel.openNow(settings));
        return channel;
    }

    private void openNow(Settings settings) {
        try {
            var kafka = KafkaSettings.from(KafkaConnectionSettings.from(settings));
            var publisher = new ControlPublisher(new KafkaClients(kafka, "backfleet"));
            opened.complete(publisher);
            publisher.prepare();
        } catch (RuntimeException | Error e) {
            opened.completeExceptionally(e);
        }
    }

    @Override
    public ControlPosition publish(Scope scope, ControlRecord record) {
        try {
            return opened.join().publish(scope, record, TIMEOUT);
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }

    private static Thread inBackground(String name, Runnable work) {
        var thread = new Thread(work, name);
        // The end of the command does not wait for it.
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Closes the clients when they are open; a command that has its answer hardly waits for that. */
    @Override
    public void close() {
        var closing = inBackground("kafka-close", () -> {
            if (opened.handle((publisher, failure) -> failure == null).join()) {
                opened.join().close();
            }
        });
        try {
            closing.join(CLOSING.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

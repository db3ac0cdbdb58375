package dev.backfleet.embedded;

import dev.backfleet.embedded.kafka.KafkaBroker;
import dev.backfleet.embedded.kafka.KafkaOptions;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A process that opens both servers, writes down where they are, and never ends by itself. */
final class ServersInAChild {

    private ServersInAChild() {}

    /** Arguments: the file to write to, and, for servers that are kept, their directory. */
    public static void main(String[] arguments) throws Exception {
        var postgresOptions = PostgresOptions.fast();
        var kafkaOptions = KafkaOptions.defaults();
        if (arguments.length > 1) {
            postgresOptions = postgresOptions.in(Path.of(arguments[1], "postgres"));
            kafkaOptions = kafkaOptions.in(Path.of(arguments[1], "kafka"));
        }
        var postgres = PostgresServer.open(postgresOptions);
        var kafka = KafkaBroker.open(kafkaOptions);
        var target = Path.of(arguments[0]);
        var draft = Path.of(target + ".draft");
        Files.writeString(
                draft, postgres.logFile().getParent() + "\n" + kafka.logFile().getParent() + "\n" + kafka.pid() + "\n");
        Files.move(draft, target);
        new CountDownLatch(1).await();
    }
}

package dev.backfleet.deploy.containers;

import dev.backfleet.embedded.kafka.KafkaBroker;
import dev.backfleet.embedded.kafka.KafkaOptions;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** PostgreSQL, which asks everybody but its superuser for a password, and Kafka. Both on the host's 127.0.0.1. */
record Servers(PostgresServer postgres, KafkaBroker kafka) implements AutoCloseable {

    private static final String WHO_MAY_CONNECT = """
            local all all trust
            host all postgres 127.0.0.1/32 trust
            host all all 127.0.0.1/32 scram-sha-256
            """;

    /** Starts both. */
    static Servers open(Path directory) {
        var rules = readableByAll(directory.resolve("pg_hba.conf"), WHO_MAY_CONNECT);
        var postgres = PostgresServer.open(PostgresOptions.fast().with("hba_file", rules.toString()));
        try {
            return new Servers(postgres, KafkaBroker.open(KafkaOptions.defaults()));
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /** Writes a file that others than this user need: the server's account, and the containers'. */
    static Path readableByAll(Path file, String content) {
        try {
            Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.writeString(file, content);
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kafka.close();
        postgres.close();
    }
}

package dev.backfleet.standalone.outage;

import dev.backfleet.embedded.kafka.KafkaBroker;
import dev.backfleet.embedded.postgres.PostgresServer;
import java.io.IOException;
import java.util.stream.Stream;

/** How a server is away, and comes back. */
enum Outage {
    POSTGRES_STOPPED {
        @Override
        void begin(Servers.Site site) {
            site.postgres().stop();
        }

        @Override
        void end(Servers.Site site) {
            site.postgres().start();
        }
    },
    POSTGRES_CRASHED {
        @Override
        void begin(Servers.Site site) {
            site.postgres().stopImmediately();
        }

        @Override
        void end(Servers.Site site) {
            site.postgres().start();
        }
    },
    POSTGRES_FROZEN {
        @Override
        void begin(Servers.Site site) throws Exception {
            signal("STOP", site.postgres());
        }

        @Override
        void end(Servers.Site site) throws Exception {
            signal("CONT", site.postgres());
        }
    },
    /** The server runs and answers, and confirms no commit. */
    POSTGRES_WITHOUT_ITS_SYNCHRONOUS_STANDBY {
        @Override
        void begin(Servers.Site site) {
            site.standby().orElseThrow().stop();
        }

        @Override
        void end(Servers.Site site) {
            site.standby().orElseThrow().start();
        }
    },
    POSTGRES_BLACK_HOLE {
        @Override
        void begin(Servers.Site site) {
            site.wayToPostgres().open();
        }

        @Override
        void end(Servers.Site site) {
            site.wayToPostgres().end();
        }
    },
    KAFKA_STOPPED {
        @Override
        void begin(Servers.Site site) {
            site.kafka().kill();
        }

        @Override
        void end(Servers.Site site) {
            site.kafka().start();
        }
    },
    KAFKA_FROZEN {
        @Override
        void begin(Servers.Site site) throws Exception {
            signal("STOP", site.kafka());
        }

        @Override
        void end(Servers.Site site) throws Exception {
            signal("CONT", site.kafka());
        }
    },
    KAFKA_BLACK_HOLE {
        @Override
        void begin(Servers.Site site) {
            site.wayToKafka().open();
        }

        @Override
        void end(Servers.Site site) {
            site.wayToKafka().end();
        }
    };

    /** Stops the server, or cuts the connection to it. */
    abstract void begin(Servers.Site site) throws Exception;

    /** Returns when it is back. */
    abstract void end(Servers.Site site) throws Exception;

    /** Whether the server has a standby, without which it confirms no commit. */
    boolean isOfTheStandby() {
        return this == POSTGRES_WITHOUT_ITS_SYNCHRONOUS_STANDBY;
    }

    boolean isOfPostgres() {
        return name().startsWith("POSTGRES");
    }

    /** Whether the server itself is gone, and so for other fleets too. */
    boolean takesTheServer() {
        return !name().endsWith("BLACK_HOLE");
    }

    // The main process first: it starts the others.
    private static void signal(String name, PostgresServer server) throws IOException, InterruptedException {
        var main = ProcessHandle.of(server.pid()).orElseThrow();
        signal(name, Stream.concat(Stream.of(main), main.descendants()));
        signal(name, main.descendants());
    }

    private static void signal(String name, KafkaBroker broker) throws IOException, InterruptedException {
        signal(name, ProcessHandle.of(broker.pid()).stream());
    }

    private static void signal(String name, Stream<ProcessHandle> processes) throws IOException, InterruptedException {
        for (var process : processes.toList()) {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        }
    }
}

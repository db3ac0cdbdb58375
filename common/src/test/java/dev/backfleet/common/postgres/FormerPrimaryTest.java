package dev.backfleet.common.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A former primary that still accepts writes after a failover. */
@Tag("server")
class FormerPrimaryTest {
    private static final String PORT = "select inet_server_port()";

    private static PostgresServer former;
    private static PostgresServer primary;

    @BeforeAll
    static void fail_over_though_the_primary_is_alive() throws Exception {
        former = PostgresServer.open(PostgresOptions.fast());
        try (var connection = DriverManager.getConnection(former.jdbcUrl("postgres"));
                var statement = connection.createStatement()) {
            statement.execute("create role plain login");
        }
        primary = PostgresServer.standbyOf(former, PostgresOptions.fast());
        primary.promote();
    }

    @AfterAll
    static void close() {
        primary.close();
        former.close();
    }

    private static Database open(String hosts, Timelines timelines) {
        // A role without any privilege may query the timeline.
        return Database.open(
                DatabaseSettings.ofUrl("postgresql://plain@" + hosts + "/postgres"),
                new Database.Profile("test", 2, List.of(), Duration.ofSeconds(10)),
                timelines);
    }

    private static String host(PostgresServer server) {
        return "127.0.0.1:" + server.port();
    }

    private static int port(Database database) {
        return database.jdbi()
                .withHandle(
                        handle -> handle.createQuery(PORT).mapTo(Integer.class).one());
    }

    @Test
    void its_connections_are_closed_when_the_new_primary_is_known_and_new_ones_are_rejected_with_the_reason() {
        var timelines = new Timelines();
        try (var to = open(host(former), timelines);
                var other = open(host(primary), timelines)) {
            assertThat(port(to)).isEqualTo(former.port());
            assertThat(port(other)).isEqualTo(primary.port());

            assertThatThrownBy(() -> port(to))
                    .hasStackTraceContaining("is a former primary: it is on timeline 1, and a server on timeline 2");
            assertThat(port(other)).isEqualTo(primary.port());
        }
    }

    @Test
    void of_several_hosts_the_first_that_is_not_a_former_primary_is_taken() {
        var timelines = new Timelines();
        try (var known = open(host(primary), timelines);
                var several = open(host(former) + "," + host(primary), timelines)) {
            assertThat(port(known)).isEqualTo(primary.port());

            assertThat(port(several)).isEqualTo(primary.port());
        }
    }

    @Test
    void a_process_that_has_just_started_compares_the_hosts_of_its_url() {
        try (var several = open(host(former) + "," + host(primary) + ",127.0.0.1:1", new Timelines())) {
            assertThat(port(several)).isEqualTo(primary.port());
        }
    }

    @Test
    void a_former_primary_among_the_hosts_is_reported_wherever_it_is_named() {
        for (var hosts : List.of(host(former) + "," + host(primary), host(primary) + "," + host(former))) {
            try (var several = open(hosts, new Timelines())) {
                assertThat(port(several)).isEqualTo(primary.port());
                assertThat(several.formerPrimaries())
                        .containsExactly("jdbc:postgresql://" + host(former)
                                + "/postgres is a former primary: it is on timeline 1, and a server on timeline 2 was"
                                + " promoted since; stop it, or let the address point to the new primary");
            }
        }
    }

    @Test
    void several_hosts_and_target_primary_skip_a_standby() {
        try (var standby = PostgresServer.standbyOf(primary, PostgresOptions.fast());
                var several = Database.open(
                        DatabaseSettings.ofUrl("postgresql://plain@" + host(standby) + "," + host(primary)
                                + "/postgres?targetServerType=primary"),
                        new Database.Profile("test", 2, List.of(), Duration.ofSeconds(10)))) {
            assertThat(port(several)).isEqualTo(primary.port());
        }
    }
}

package dev.backfleet.common.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.embedded.SharedServers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A transaction that its process leaves open does not hold its locks for ever. */
@Tag("server")
class OpenTransactionTest {

    @Test
    void the_server_ends_a_transaction_that_its_process_leaves_open() {
        var profile = new Database.Profile("test", 1, List.of(), Duration.ofSeconds(30));
        try (var database = Database.open(DatabaseSettings.ofUrl(SharedServers.freshDatabase()), profile)) {
            var limit = database.jdbi()
                    .withHandle(handle -> handle.createQuery("show idle_in_transaction_session_timeout")
                            .mapTo(String.class)
                            .one());
            assertThat(limit).isEqualTo("10s");
        }
    }
}

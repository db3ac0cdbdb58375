package dev.backfleet.worker.postgres;

import dev.backfleet.worker.execute.ShardFixture;
import dev.backfleet.worker.execute.ShardLeasesContract;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** PostgreSQL keeps the contract of {@link dev.backfleet.worker.execute.ShardLeases}. */
@Tag("server")
class PostgresShardLeasesTest extends ShardLeasesContract {
    private static PostgresFixture fixture;

    @BeforeAll
    static void open() {
        fixture = new PostgresFixture();
    }

    @AfterAll
    static void close() throws SQLException {
        fixture.close();
    }

    @AfterEach
    void forget() {
        fixture.forget();
    }

    @Override
    protected ShardFixture fixture() {
        return fixture;
    }
}

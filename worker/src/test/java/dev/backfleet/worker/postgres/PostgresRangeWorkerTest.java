package dev.backfleet.worker.postgres;

import dev.backfleet.worker.execute.RangeWorkerContract;
import dev.backfleet.worker.execute.ShardFixture;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** PostgreSQL keeps the contract of {@link dev.backfleet.worker.execute.RangeWorker}. */
@Tag("server")
class PostgresRangeWorkerTest extends RangeWorkerContract {
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

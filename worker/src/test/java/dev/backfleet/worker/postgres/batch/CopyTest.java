package dev.backfleet.worker.postgres.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.OnConflict;
import dev.backfleet.worker.execute.StatementFailedException;
import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.shard.Step;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches that copy rows into another table, on a real server. */
@Tag("server")
class CopyTest {
    private static final TestFleet FLEET = TestFleet.open();

    private final CopyFixture copies = new CopyFixture(FLEET);

    @AfterAll
    static void close() throws SQLException {
        FLEET.close();
    }

    @BeforeEach
    void tables() throws SQLException {
        FLEET.run(
                "create table orders (id bigint primary key, address text collate \"POSIX\", carrier varchar(20), shipment_id bigint)");
        FLEET.run(
                "create table shipments (id bigint generated always as identity primary key, order_no integer not null unique, "
                        + "address text not null, carrier varchar(5), label text not null default 'none')");
        FLEET.run("insert into orders select i, 'street ' || i, 'dhl' from generate_series(1, 100) i");
    }

    @AfterEach
    void forget() throws SQLException {
        FLEET.run("drop table orders, shipments; delete from backfleet.job");
    }

    // The column address is in both tables; a constant has no type of its own.
    private JobDefinition job(OnConflict conflict, Map<String, String> back) throws SQLException {
        return copies.job(
                FLEET.definition("orders", back.isEmpty() ? null : "shipment_id is null", List.of("id")),
                "shipments",
                "order_no",
                conflict,
                back,
                "order_no=id",
                "address=upper(address)",
                "carrier=carrier",
                "label='copied'");
    }

    private static final String COPIES = "select count(*), count(*) filter (where s.address = 'STREET ' || s.order_no "
            + "and s.carrier = 'dhl' and s.label = 'copied') from shipments s";

    @ParameterizedTest
    @EnumSource(OnConflict.class)
    void each_row_is_copied_once_and_a_batch_that_is_sent_again_copies_nothing(OnConflict conflict)
            throws SQLException {
        var claim = FLEET.claim(job(conflict, Map.of()), "{100}");
        assertThat(FLEET.ranges.batch(claim, new Step.Batch(claim.cursor(), 30)))
                .hasValueSatisfying(result -> assertThat(result.changed()).isEqualTo(30));
        assertThat(FLEET.ranges.batch(claim, new Step.Batch(claim.cursor(), 30)))
                .isEmpty();
        assertThat(FLEET.ask(COPIES)).isEqualTo("30 30");
        var rest = FLEET.ranges
                .batch(claim, new Step.Batch(new dev.backfleet.common.job.Cursor(List.of("30")), 1000))
                .orElseThrow();
        assertThat(rest.changed()).isEqualTo(70);
        assertThat(rest.done()).isTrue();
        assertThat(FLEET.ask(COPIES)).isEqualTo("100 100");
    }

    @ParameterizedTest
    @EnumSource(OnConflict.class)
    void the_id_of_the_copy_is_written_back_in_the_same_statement(OnConflict conflict) throws SQLException {
        FLEET.run("update orders set shipment_id = 0 where id = 7");
        var claim = FLEET.claim(job(conflict, Map.of("shipment_id", "id")), "{100}");
        assertThat(FLEET.finish(claim, 33)).isEqualTo(99);
        assertThat(FLEET.ask(
                        "select count(*) from orders o join shipments s on s.id = o.shipment_id and s.order_no = o.id"))
                .isEqualTo("99");
        assertThat(FLEET.ask("select shipment_id from orders where id = 7")).isEqualTo("0");
    }

    @Test
    void a_row_that_is_there_already_stays_is_updated_or_is_an_error_as_the_spec_says() throws SQLException {
        FLEET.run(
                "insert into shipments (order_no, address, label) values (5, 'mine', 'mine'), (6, 'STREET 6', 'copied')");
        FLEET.run("update shipments set carrier = 'dhl' where order_no = 6");
        var before = FLEET.ask("select xmin from shipments where order_no = 6");
        assertThat(FLEET.finish(FLEET.claim(job(OnConflict.NOTHING, Map.of()), "{10}"), 4))
                .isEqualTo(8);
        assertThat(FLEET.ask("select address || label from shipments where order_no = 5"))
                .isEqualTo("minemine");
        var failing = FLEET.claim(job(OnConflict.FAIL, Map.of()), "{10}");
        assertThatThrownBy(() -> FLEET.ranges.batch(failing, new Step.Batch(failing.cursor(), 10)))
                .isInstanceOf(StatementFailedException.class)
                .hasMessageContaining("23505");
        assertThat(FLEET.finish(FLEET.claim(job(OnConflict.UPDATE, Map.of()), "{10}"), 4))
                .isEqualTo(1);
        assertThat(FLEET.ask(COPIES)).isEqualTo("10 10");
        // One that has the values already is not written again.
        assertThat(FLEET.ask("select xmin from shipments where order_no = 6")).isEqualTo(before);
    }

    @Test
    void a_copy_that_is_there_already_is_written_back_and_stays_as_it_is() throws SQLException {
        FLEET.run("insert into shipments (order_no, address, label) values (5, 'mine', 'mine'), (9, 'mine', 'mine')");
        FLEET.run(
                "create function fired() returns trigger language plpgsql as 'begin new.label = ''fired''; return new; end'");
        FLEET.run("create trigger t before update on shipments for each row execute function fired()");
        var before = FLEET.ask("select string_agg(xmin || '/' || ctid, ' ') from shipments");
        assertThat(FLEET.finish(FLEET.claim(job(OnConflict.NOTHING, Map.of("shipment_id", "id")), "{10}"), 4))
                .isEqualTo(10);
        assertThat(FLEET.ask("select string_agg(xmin || '/' || ctid, ' ') from shipments where address = 'mine'"))
                .isEqualTo(before);
        assertThat(FLEET.ask("select count(*) from shipments where label = 'fired'"))
                .isEqualTo("0");
        FLEET.run("drop function fired cascade");
        assertThat(FLEET.ask("select s.address from orders o join shipments s on s.id = o.shipment_id where o.id = 5"))
                .isEqualTo("mine");
    }

    @Test
    void a_text_that_is_too_long_is_an_error_and_is_not_cut() throws SQLException {
        FLEET.run("update orders set carrier = 'parcels' where id = 3");
        var claim = FLEET.claim(job(OnConflict.NOTHING, Map.of()), "{10}");
        assertThatThrownBy(() -> FLEET.ranges.batch(claim, new Step.Batch(claim.cursor(), 10)))
                .isInstanceOf(StatementFailedException.class)
                .hasMessageContaining("22001");
        assertThat(FLEET.ask(COPIES)).isEqualTo("0 0");
    }

    @ParameterizedTest
    @EnumSource(OnConflict.class)
    void a_row_that_others_change_or_delete_while_the_batch_waits_is_copied_as_they_have_left_it(OnConflict conflict)
            throws Exception {
        try (var patient = TestFleet.openPatient();
                var application = patient.connect()) {
            patient.run("create table a (id bigint primary key, n integer, b_id bigint)");
            patient.run(
                    "create table b (id bigint generated always as identity primary key, a integer not null unique, n integer)");
            patient.run("insert into a values (1, 10), (2, 20), (3, 30), (4, 40)");
            var job = new CopyFixture(patient)
                    .job(
                            patient.definition("a", "n > 5", List.of("id")),
                            "b",
                            "a",
                            conflict,
                            Map.of("b_id", "id"),
                            "a=id",
                            "n=n + 1");
            var claim = patient.claim(job, "{4}");
            application.setAutoCommit(false);
            try (var statement = application.createStatement()) {
                statement.execute("update a set n = 15 where id = 1");
                statement.execute("delete from a where id = 2");
                statement.execute("update a set n = 0 where id = 3");
                statement.execute("insert into b (a, n) values (1, 16)"
                        + (conflict == OnConflict.FAIL ? " on conflict (a) do update set n = 0; delete from b" : ""));
            }
            var batch = CompletableFuture.supplyAsync(
                    () -> patient.ranges.batch(claim, new Step.Batch(claim.cursor(), 10)));
            await().until(() -> patient.ask("select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
                            + "and datname = current_database()")
                    .equals("1"));
            application.commit();
            assertThat(batch.join())
                    .hasValueSatisfying(result -> assertThat(result.changed()).isEqualTo(2));
            assertThat(patient.ask("select string_agg(a || '=' || n, ' ' order by a) from b"))
                    .isEqualTo("1=16 4=41");
            assertThat(patient.ask(
                            "select string_agg(a.id || '=' || b.a, ' ' order by a.id) from a join b on b.id = a.b_id"))
                    .isEqualTo("1=1 4=4");
        }
    }

    @Test
    void a_copy_that_is_deleted_while_the_batch_waits_is_made_anew() throws Exception {
        try (var patient = TestFleet.openPatient();
                var application = patient.connect()) {
            patient.run("create table a (id bigint primary key, n integer, b_id bigint)");
            patient.run(
                    "create table b (id bigint generated always as identity primary key, a integer not null unique, n integer)");
            patient.run("insert into a values (1, 10), (2, 20)");
            patient.run("insert into b (a, n) values (1, 0), (2, 0)");
            var like = patient.definition("a", "b_id is null", List.of("id"));
            var job = new CopyFixture(patient)
                    .job(like, "b", "a", OnConflict.NOTHING, Map.of("b_id", "id"), "a=id", "n=n");
            var claim = patient.claim(job, "{2}");
            application.setAutoCommit(false);
            try (var statement = application.createStatement()) {
                statement.execute("delete from b where a = 1");
            }
            var batch = CompletableFuture.supplyAsync(
                    () -> patient.ranges.batch(claim, new Step.Batch(claim.cursor(), 10)));
            await().until(() -> batch.isDone()
                    || patient.ask("select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
                                    + "and datname = current_database()")
                            .equals("1"));
            application.commit();
            assertThat(batch.join())
                    .hasValueSatisfying(result -> assertThat(result.changed()).isEqualTo(2));
            assertThat(patient.ask(
                            "select string_agg(a.id || '=' || b.n, ' ' order by a.id) from a join b on b.id = a.b_id"))
                    .isEqualTo("1=10 2=0");
        }
    }
}

package dev.backfleet.coordinator.postgres.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.metric.MetricPoint;
import dev.backfleet.coordinator.duty.AuditCheck;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.query.audit.AuditChain.Report;
import dev.backfleet.coordinator.query.audit.AuditEntry;
import dev.backfleet.coordinator.query.audit.ListAudit;
import dev.backfleet.coordinator.query.audit.VerifyAudit;
import dev.backfleet.embedded.SharedServers;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is done to the rows of the audit is found, and nothing else is. */
@Tag("server")
class AuditChainTest {
    private static final Actor ANN = Actor.command("ann", "ann@host-1");

    // What somebody does who computes the hashes again, from a row on.
    private static final String REWRITE = """
            do $$ declare head backfleet.audit_head; one backfleet.audit; begin
              head.seq := 0; head.hash := decode(repeat('00', 32), 'hex');
              for one in select * from backfleet.audit order by id loop
                head.seq := head.seq + 1; head.hash := backfleet.audit_hash(head.hash, head.seq, one);
                update backfleet.audit set seq = -head.seq, hash = head.hash where id = one.id;
              end loop;
              update backfleet.audit set seq = -seq;
              update backfleet.audit_head set seq = head.seq, hash = head.hash; end $$;
            """;

    private final TestDatabase db = TestDatabase.open();
    private final PostgresAudit audit = new PostgresAudit(db.database);
    private final VerifyAudit verify = new VerifyAudit(audit);
    private long job;

    @BeforeEach
    void sixRows() throws SQLException {
        db.run("create table t (id integer primary key, n integer)");
        job = db.submit("name: j\ntable: t\nset: { n: 1 }\n").id();
        db.database.jdbi().useHandle(handle -> {
            var store = new AuditStore(handle);
            store.changed(job, ANN, "rate", "none", "5:0,-");
            store.did(job, Actor.controlTopic("kim ✓ ü", "topic x offset 7"), "retry", "");
            store.controlled(Scope.FLEET, ANN, new ControlRecord(DesiredState.PAUSE, "lag, see: 3:abc", "ann"), true);
            store.controlled(Scope.job(job), ANN, new ControlRecord(DesiredState.PAUSE, null, "ann"), true);
            store.did(job, Actor.duty("schedule"), "submit", "-");
        });
        assertThat(verify.run(null).rows()).isEqualTo(6);
    }

    @AfterEach
    void close() throws SQLException {
        db.close();
    }

    @Test
    void what_operations_write_is_a_whole_chain_with_what_PostgreSQL_knows_of_the_session() throws SQLException {
        var report = verify.run(null);
        assertThat(report.faults()).isEmpty();
        assertThat(report.hash()).isEqualTo(db.ask("select encode(hash, 'hex') from backfleet.audit where seq = 6"));
        assertThat(verify.run(report.hash()).whole()).isTrue();
        assertThat(list(null, "HOST-1", "pause", null).entries())
                .extracting(AuditEntry::reason)
                .containsExactly("lag, see: 3:abc", null);
        var pause = list("j", null, "pause", null).entries().get(0);
        assertThat(List.of(pause.who(), String.valueOf(pause.via()), String.valueOf(pause.client())))
                .containsExactly("ann", "cli", "ann@host-1");
        assertThat(List.of(pause.role(), String.valueOf(pause.remote())))
                .containsExactly(db.ask("select session_user"), "127.0.0.1");
        assertThat(pause.before()).isEqualTo("PLANNING");
        assertThat(pause.request()).isEqualTo(ANN.request());
    }

    @Test
    void rows_are_listed_by_job_person_action_and_time() {
        assertThat(list(null, null, null, null).entries())
                .extracting(AuditEntry::seq)
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(list("j", null, "submit", Duration.ofHours(1)).entries())
                .extracting(AuditEntry::seq)
                .containsExactly(1L, 6L);
        assertThat(list(null, "topic:kim", null, null).entries()).hasSize(1);
        assertThat(list(null, null, null, Duration.ZERO).entries()).isEmpty();
        var two = new ListAudit(audit).run(new ListAudit.Filter(null, null, null, null, null, 2));
        assertThat(two.entries()).extracting(AuditEntry::seq).containsExactly(5L, 6L);
        assertThat(two.older()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            update backfleet.audit set who = 'bob' where seq = 3 | row 3 (retry of j by bob) was changed, moved or inserted
            update backfleet.audit set reason = '' where seq = 5 | row 5 (pause of j by ann) was changed, moved or inserted
            update backfleet.audit set at = at + interval '1 us' where seq = 1 | row 1 (submit of j by me) was changed, moved or inserted
            update backfleet.audit set hash = sha256('x') where seq = 6 | row 6 (submit of j by auto:schedule) was changed, moved or inserted
            update backfleet.audit set setting = null, old_value = setting where seq = 2 | row 2 (set of j by ann) was changed, moved or inserted
            delete from backfleet.audit where seq = 1 | row 1 is missing
            delete from backfleet.audit where seq in (3, 4) | rows 3 to 4 are missing
            delete from backfleet.audit where seq > 4 | the end is missing: the last row is 4, and there were 6
            delete from backfleet.audit | the end is missing: the last row is 0, and there were 6
            truncate backfleet.audit_head | backfleet.audit_head is empty: it is not known where the chain ends
            """)
    void a_changed_or_deleted_row_is_found(String tampering, String fault) throws SQLException {
        db.run(tampering);
        assertFault(null, fault);
    }

    @Test
    void swapped_and_inserted_rows_are_found() throws SQLException {
        db.run("update backfleet.audit set seq = -seq where seq in (2, 4);"
                + "update backfleet.audit set seq = 6 + seq where seq < 0");
        assertFault(null, "row 2 (pause by ann) was changed, moved or inserted");
        assertFault(null, "row 4 (set of j by ann) was changed, moved or inserted");
        db.run("update backfleet.audit set seq = -seq where seq in (2, 4);"
                + "update backfleet.audit set seq = 6 + seq where seq < 0");
        assertThat(verify.run(null).whole()).isTrue();
        db.run("alter table backfleet.audit disable trigger chain_audit;"
                + "insert into backfleet.audit (who, action) values ('eve', 'pause')");
        assertFault(
                null,
                "1 row was inserted without a place in the chain: the trigger was off, or backfleet.audit_head is empty");
        db.run("update backfleet.audit set seq = 7, hash = sha256('x') where who = 'eve'");
        assertFault(null, "the chain ends with another row than backfleet.audit_head says: row 7 instead of 6");
    }

    @Test
    void a_chain_that_was_shortened_or_rewritten_whole_is_found_by_an_anchor_alone() throws SQLException {
        var anchor = verify.run(null).hash();
        db.run("delete from backfleet.audit where seq = 6;" + REWRITE);
        assertThat(verify.run(null).whole()).isTrue();
        assertFault(
                anchor,
                "no row has the hash of the anchor: rows up to it were changed or deleted, or it is of another database");
        var shorter = verify.run(null).hash();
        db.run("update backfleet.audit set who = 'bob' where seq = 1;" + REWRITE);
        assertThat(verify.run(null).whole()).isTrue();
        assertThat(verify.run(shorter).whole()).isFalse();
        assertThat(verify.run(verify.run(null).hash()).whole()).isTrue();
    }

    @Test
    void a_coordinator_tells_what_it_finds_and_keeps_its_own_anchor() throws SQLException {
        var now = new Duration[] {Duration.ZERO};
        Ticker ticker = () -> now[0];
        var check = new AuditCheck(verify, ticker);
        assertThat(check.points()).isEmpty();
        check.runOnce();
        assertThat(check.points()).extracting(MetricPoint::value).containsExactly(1.0);
        db.run("delete from backfleet.audit where seq = 6;" + REWRITE);
        check.runOnce();
        assertThat(check.points()).extracting(MetricPoint::value).containsExactly(1.0);
        now[0] = Duration.ofHours(1);
        check.runOnce();
        assertThat(check.points()).extracting(MetricPoint::value).containsExactly(0.0);
    }

    @Test
    void writers_at_the_same_time_make_one_chain_and_none_waits_for_an_open_transaction() throws Exception {
        var other = db.force("name: k\ntable: t\nset: { n: 2 }\n").id();
        db.database.jdbi().useTransaction(open -> {
            new AuditStore(open).did(job, ANN, "retry", "in a transaction that is still open");
            var writers = Executors.newFixedThreadPool(6);
            try {
                var all = new ArrayList<Callable<Boolean>>();
                IntStream.range(0, 60)
                        .forEach(i -> all.add(() -> {
                            write(i % 2 == 0 ? List.of(job, other) : List.of(other, job), i % 10 == 9);
                            return true;
                        }));
                for (var done : writers.invokeAll(all)) {
                    assertThat(done.get()).isTrue();
                }
            } finally {
                writers.shutdownNow();
            }
        });
        var report = verify.run(null);
        assertThat(report.faults()).isEmpty();
        // 6, the second job, two of each writer that did not roll back, and the one that was open.
        assertThat(report.rows()).isEqualTo(6 + 1 + 2 * 54 + 1);
        assertThat(db.ask("select new_value from backfleet.audit order by seq desc limit 1"))
                .contains("still open");
    }

    private void write(List<Long> jobs, boolean rollsBack) {
        db.database.jdbi().useTransaction(handle -> {
            jobs.forEach(one -> new AuditStore(handle).did(one, ANN, "retry", "1 shard"));
            if (rollsBack) {
                handle.rollback();
            }
        });
    }

    @Test
    void the_rows_of_a_release_before_are_chained_and_a_coordinator_of_it_goes_on_adding() throws SQLException {
        var url = SharedServers.freshDatabase();
        Flyway.configure()
                .dataSource(url, null, null)
                .schemas("backfleet")
                .table("schema_version")
                .locations("classpath:dev/backfleet/common/schema")
                .target("16")
                .repeatableSqlMigrationPrefix("none")
                .load()
                .migrate();
        var ofBefore = "insert into backfleet.audit (who, action, new_value) values ('ann', 'pause', 'the fleet')";
        try (var connection = DriverManager.getConnection(url);
                var before = connection.createStatement()) {
            before.execute(ofBefore);
            before.execute(ofBefore);
        }
        try (var migrated = TestDatabase.openOn(url)) {
            migrated.run(ofBefore);
            var report = new VerifyAudit(new PostgresAudit(migrated.database)).run(null);
            assertThat(report.faults()).isEmpty();
            assertThat(report.last()).isEqualTo(3);
            assertThat(migrated.column("select coalesce(remote, '-') from backfleet.audit order by seq"))
                    .containsExactly("-", "-", "127.0.0.1");
        }
    }

    private void assertFault(@Nullable String anchor, String fault) {
        Report report = verify.run(anchor);
        assertThat(report.whole()).isFalse();
        assertThat(report.faults()).contains(fault);
    }

    private ListAudit.Listed list(
            @Nullable String name, @Nullable String who, @Nullable String action, @Nullable Duration age) {
        return new ListAudit(audit).run(new ListAudit.Filter(name, who, action, null, age, 100));
    }
}

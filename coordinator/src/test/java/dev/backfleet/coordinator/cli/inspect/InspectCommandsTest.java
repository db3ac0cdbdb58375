package dev.backfleet.coordinator.cli.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.cli.Backfleet;
import dev.backfleet.coordinator.operation.Bench;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What show, shards and history say of a job, through the whole command line on a real PostgreSQL. */
@Tag("server")
class InspectCommandsTest {
    private static final String ME = System.getProperty("user.name");

    private final Bench bench = new Bench();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private long job;

    @BeforeEach
    void aJob() {
        job = bench.job("where: n < 50\nrate: 5000\n");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        var commands = BackfleetCommandLine.create(
                Backfleet.root(arguments),
                Map.of("BACKFLEET_DATABASE_URL", bench.rows.url()),
                new ConnectionFailures());
        commands.picocli().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    private JsonNode json(String... arguments) throws IOException {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-o", "json"));
        assertThat(run(all.toArray(String[]::new))).as(err.toString()).isZero();
        return new ObjectMapper().readTree(out.toString());
    }

    private void audit(String action, String what, String at) {
        bench.rows.execute(
                "insert into backfleet.audit (at, who, job_id, job_name, action, new_value) "
                        + "select submitted_at + ?::interval, 'ann', id, name, ?, nullif(?, '') from backfleet.job",
                at,
                action,
                what);
    }

    private void shards(int number) {
        bench.rows.execute("delete from backfleet.shard");
        bench.rows.execute(
                "insert into backfleet.shard (job_id, number, relation, turn, lower, upper, cursor) "
                        + "select ?, i, 't'::regclass, i, case when i > 1 then array['1', (i - 1)::text] end, array['1', i::text], "
                        + "case when i > 1 then array['1', (i - 1)::text] end from generate_series(1, ?) i",
                job,
                number);
    }

    private List<Integer> numbers(String... arguments) throws IOException {
        var numbers = new ArrayList<Integer>();
        json(arguments)
                .get("shards")
                .forEach(shard -> numbers.add(shard.get("number").intValue()));
        return numbers;
    }

    @Test
    void show_tells_the_spec_and_what_was_changed_since() throws IOException {
        audit("submit", "", "0 s");
        assertThat(run("set", "j", "--rate", "100", "--window", "22:00-06:00 Europe/Berlin mon"))
                .as(err.toString())
                .isZero();
        bench.state("PAUSED");
        assertThat(run("quarantine", "j", "--set", "n=n + 2"))
                .as(err.toString())
                .isZero();

        assertThat(run("show", "j")).isZero();
        assertThat(out.toString())
                .startsWith("j (id " + job + ") is PAUSED\nsubmitted  by ann, as the database role postgres, ")
                .contains(" UTC, at the command line\n")
                .containsPattern("table      public.t \\(OID [0-9]+\\)")
                .contains("key        tenant, id; shards follow the tenant tenant\n")
                .contains("  set n = n + 2  (changed by " + ME + ", ")
                .contains("  where n < 50\n")
                .contains("  rate                100  (was 5000; changed by " + ME + ", ")
                .contains("  window              22:00-06:00 Europe/Berlin mon  (was none; changed by " + ME + ", ")
                .contains("  in force now        100 rows/s, ")
                .contains("spec as submitted:\n  name: j\n  table: t\n  tenant: tenant\n  set: { n: n + 1 }\n");

        var shown = json("show", String.valueOf(job));
        assertThat(shown.get("spec").textValue()).contains("n: n + 1");
        assertThat(shown.get("expressions").get(0).get("sql").textValue()).isEqualTo("n + 2");
        assertThat(shown.get("expressions").get(0).get("changed").get("before").textValue())
                .isEqualTo("n + 1");
        assertThat(shown.get("submitted").get("origin").textValue()).isEqualTo("cli");
        assertThat(shown.get("slotsNow").intValue()).isPositive();
    }

    @Test
    void a_spec_with_escape_sequences_does_not_reach_the_terminal() {
        bench.rows.execute("update backfleet.job set spec = E'name: j # \\u001b[2J'");
        assertThat(run("show", "j")).isZero();
        assertThat(out.toString()).contains("name: j # ?[2J").doesNotContain("\u001b");
    }

    @Test
    void shards_are_listed_with_ranges_checkpoints_workers_and_errors() throws IOException {
        shards(4);
        bench.rows.execute("update backfleet.shard set state = 'DONE', cursor = upper, epoch = 1, rows_walked = 10, "
                + "rows_changed = 9, batches = 2, last_batch_at = '2026-01-02 03:04:05Z' where number = 1");
        bench.rows.execute(
                "update backfleet.shard set state = 'RUNNING', epoch = 2, worker = 'w1', lease_until = now(), "
                        + "last_batch_at = '2026-01-02 03:04:05Z' where number = 2");
        bench.rows.execute(
                "insert into backfleet.job_note (job_id, topic, note) values (?, 'tries of shard 2', 'a lock')", job);
        bench.rows.execute(
                "update backfleet.shard set state = 'FAILED', epoch = 1, error_code = '42804', error = 'no such type' "
                        + "where number = 3");
        bench.rows.execute("update backfleet.shard set held = true where number = 4");

        assertThat(run("shards", "j")).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "keys are (tenant, id)",
                        "NUMBER  STATE                    FROM           TO    CURSOR  SCANNED  CHANGED  WORKER  LAST BATCH               ERROR",
                        "     1  DONE                     the first key  1, 1  1, 1         10        9  -       2026-01-02 03:04:05 UTC  -",
                        "     2  RUNNING                  1, 1           1, 2  1, 1          0        0  w1      2026-01-02 03:04:05 UTC  a lock",
                        "     3  FAILED                   1, 2           1, 3  1, 2          0        0  -       -                        42804: no such type",
                        "     4  PENDING (tenant paused)  1, 3           1, 4  -             0        0  -       -                        -");
        assertThat(err.toString()).isEmpty();
        assertThat(numbers("shards", "j", "--state", "failed")).containsExactly(3);
        assertThat(numbers("shards", "j", "--state", "RUNNING")).containsExactly(2);
        assertThat(numbers("shards", "j", "--state", "done")).containsExactly(1);
        assertThat(numbers("shards", "j", "--state", "pending")).containsExactly(4);
        assertThat(numbers("shards", "j", "--state", "dispatched")).isEmpty();
        var failed = json("shards", "j", "--state", "failed").get("shards").get(0);
        assertThat(failed.get("upper").toString()).isEqualTo("[\"1\",\"3\"]");
        assertThat(failed.get("errorCode").textValue()).isEqualTo("42804");
    }

    @Test
    void shards_of_a_walk_in_passes_tell_the_pass() throws IOException {
        shards(3);
        var none = json("shards", "j");
        assertThat(none.get("passes").intValue()).isEqualTo(1);
        bench.rows.execute(
                "update backfleet.job set definition = jsonb_set(jsonb_set(definition, '{v}', '8'), '{walk}', "
                        + "'{\"passes\": 8, \"hashes\": [\"$1\", \"$1\"]}')");
        bench.rows.execute(
                "update backfleet.shard set state = 'DONE', cursor = upper, epoch = 1, pass = 2, merged = true "
                        + "where number = 1");
        bench.rows.execute("update backfleet.shard set pass = 4 where number = 2");

        assertThat(run("shards", "j")).isZero();
        assertThat(out.toString().lines())
                .anySatisfy(line -> assertThat(line).contains("CURSOR  PASS    SCANNED"))
                .anySatisfy(line -> assertThat(line).startsWith("     1  DONE").contains("  3 of 3  "))
                .anySatisfy(
                        line -> assertThat(line).startsWith("     2  PENDING").contains("  5 of 8  "))
                .anySatisfy(
                        line -> assertThat(line).startsWith("     3  PENDING").contains("  1 of 8  "));
        var page = json("shards", "j");
        assertThat(page.get("passes").intValue()).isEqualTo(8);
        assertThat(page.get("shards").get(0).get("pass").intValue()).isEqualTo(3);
        assertThat(page.get("shards").get(0).get("merged").booleanValue()).isTrue();
    }

    @Test
    void pages_follow_each_other_until_all_shards_were_listed() throws IOException {
        shards(5_000);
        bench.rows.execute("update backfleet.shard set state = 'DONE', epoch = 1 where number > 4990");
        assertThat(run("shards", "j", "--limit", "2", "--after", "3")).isZero();
        assertThat(err.toString().strip()).isEqualTo("more: --after 5");
        for (var state : List.of("pending", "done")) {
            var all = new ArrayList<Integer>();
            var after = 0;
            while (true) {
                var page = json("shards", "j", "--state", state, "--limit", "700", "--after", String.valueOf(after));
                page.get("shards").forEach(shard -> all.add(shard.get("number").intValue()));
                if (page.get("next").isNull()) {
                    break;
                }
                assertThat(page.get("next").intValue()).isGreaterThan(after);
                after = page.get("next").intValue();
            }
            assertThat(all)
                    .hasSize(state.equals("done") ? 10 : 4_990)
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
        assertThat(run("shards", "j", "--state", "done")).isZero();
        assertThat(out.toString()).isEqualTo("no shard up to 2000 is DONE\n");
        assertThat(run("shards", "j", "--state", "failed")).isZero();
        assertThat(out.toString()).isEqualTo("no shard is FAILED\n");
        assertThat(run("shards", "j", "--state", "running", "--after", "7")).isZero();
        assertThat(out.toString()).isEqualTo("no shard after 7 is RUNNING\n");
        assertThat(run("shards", "j", "--after", "9999")).isZero();
        assertThat(out.toString()).isEqualTo("there is no shard after 9999\n");
        assertThat(run("shards", "j", "--limit", "1001")).isEqualTo(2);
        assertThat(run("shards", "j", "--state", "lost")).isEqualTo(2);
        assertThat(run("shards", "nothing")).isEqualTo(5);
    }

    @Test
    void a_history_has_what_people_did_and_what_happened_in_the_order_of_time() throws IOException {
        bench.rows.execute("update backfleet.job set submitted_at = now() - interval '1 hour', "
                + "started_at = now() - interval '59 minutes'");
        audit("submit", "", "0 s");
        audit("pause", "replica lag", "5 min");
        audit("resume", "", "6 min");
        audit("leave partitions out", "leave", "7 min");
        bench.rows.execute("insert into backfleet.audit (at, who, action, new_value) "
                + "values (now() - interval '40 min', 'topic:bob', 'pause', 'the fleet: night'), "
                + "(now() - interval '2 hours', 'topic:bob', 'pause', 'the fleet: before')");
        bench.quarantine(3, 4);
        bench.rows.execute("update backfleet.job_event set at = now() - interval '30 min' where event = 'quarantine'");
        bench.rows.execute(
                "insert into backfleet.job_note (job_id, topic, at, note) values (?, 'x', now() - interval '20 min', 'a note')",
                job);
        bench.rows.execute(
                "insert into backfleet.job_note (job_id, topic, note) values (?, 'tries of shard 2', '55P03 now')",
                job);
        bench.rows.execute("update backfleet.job set state = 'FAILED', finished_at = now(), error = 'shard 3: 42804'");

        var what = new ArrayList<String>();
        json("history", "j")
                .get("entries")
                .forEach(entry -> what.add(entry.get("event").textValue() + "/"
                        + entry.get("by").textValue() + "/" + entry.get("text").textValue()));
        assertThat(what)
                .containsExactly(
                        "submit/ann/submitted",
                        "start/null/planned, and RUNNING for the first time: about 100 rows",
                        "pause/ann/paused: replica lag",
                        "resume/ann/resumed",
                        "leave partitions out/ann/leave partitions out: leave",
                        "pause/topic:bob/paused: the fleet: night",
                        "quarantine/null/the first row in quarantine: 23514 no",
                        "note/null/a note",
                        "end/null/FAILED: shard 3: 42804");
        assertThat(run("history", "j", "--limit", "2")).isZero();
        assertThat(out.toString().lines().skip(1)).hasSize(2).last().asString().endsWith("-   FAILED: shard 3: 42804");
        assertThat(err.toString().strip()).isEqualTo("older entries are left out: give a larger --limit");
        assertThat(run("history", "j", "--limit", "0")).isEqualTo(2);
        assertThat(run("history", "nothing")).isEqualTo(5);
    }

    @Test
    void the_history_of_an_unfinished_job_ends_with_what_it_is_now() throws IOException {
        assertThat(run("set", "j", "--rate", "7", "--priority", "low"))
                .as(err.toString())
                .isZero();
        bench.rows.execute("update backfleet.job set state = 'HALTED', error = 'error budget spent'");
        var entries = json("history", "j").get("entries");
        assertThat(entries.get(entries.size() - 2).get("text").textValue()).isEqualTo("HALTED: error budget spent");
        assertThat(entries.get(entries.size() - 1).get("text").textValue()).isEqualTo("is HALTED");
        assertThat(out.toString()).contains("set rate from 5000 to 7").contains("set priority from normal to low");
    }

    @Test
    void names_for_a_shell_are_words_and_a_failure_is_silent() {
        bench.rows.execute("insert into backfleet.job (name, state, spec, definition, concurrency, finished_at) "
                + "values ('over', 'SUCCEEDED', '', '{}', 1, now()), ('over', 'FAILED', '', '{}', 1, now()), "
                + "('$(touch x)', 'SUCCEEDED', '', '{}', 1, now())");
        assertThat(run("job-names")).isZero();
        assertThat(out.toString()).isEqualTo("j\nover\n");
        assertThat(run("job-names", "--database-url", "postgresql://postgres@127.0.0.1:1/nowhere"))
                .isZero();
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void a_history_tells_what_has_taken_time_from_the_job_and_for_how_long() throws IOException {
        bench.rows.execute(
                "insert into backfleet.sample (job_id, at, walked, changed, factor, signal, cause, slots, busy) "
                        + "select ?, now() - interval '1 hour' + i * interval '10 s', i, i, 1, "
                        + "case when i between 3 and 21 then 'replication-lag' when i between 22 and 30 then 'lock-queue' end, "
                        + "case when i between 3 and 30 then 'throttled' when i = 40 or i > 45 then 'no-worker' "
                        + "when i between 31 and 33 then 'halted' when i between 34 and 36 then 'trouble' "
                        + "when i between 37 and 39 then 'database' else 'working' end, "
                        + "1, i from generate_series(1, 50) i",
                job);
        var what = new ArrayList<String>();
        json("history", "j")
                .get("entries")
                .forEach(entry -> what.add(
                        entry.get("event").textValue() + "/" + entry.get("text").textValue()));
        assertThat(what)
                .startsWith(
                        "throttled/throttled by replication-lag for about 3m 10s",
                        "throttled/throttled by lock-queue for about 1m 30s",
                        "database/database away for about 30s",
                        "no-worker/no worker for about 50s");
    }

    @Test
    void the_audit_is_listed_and_verified() throws IOException {
        assertThat(run("set", "j", "--rate", "100", "--actor", "kim for ann"))
                .as(err.toString())
                .isZero();
        assertThat(run("audit", "j", "--from", "1h")).as(err.toString()).isZero();
        assertThat(out.toString())
                .containsPattern("AT +BY +ROLE +ADDRESS +CLIENT +JOB +ACTION\n")
                .containsPattern("kim for ann +postgres +127.0.0.1 +\\S+@\\S+ +j +set rate from 5000 to 100\n");
        var entry = json("audit", "--who", "KIM", "--action", "set").get(0);
        assertThat(entry.get("via").asText()).isEqualTo("cli");
        assertThat(entry.get("hash").asText()).hasSize(64);

        bench.rows.execute("delete from backfleet.audit_head; insert into backfleet.audit_head (seq, hash) "
                + "select seq, hash from backfleet.audit order by seq desc limit 1");
        bench.rows.execute(
                "update backfleet.audit set seq = 1, hash = backfleet.audit_hash(decode(repeat('00', 32), 'hex'), 1, audit)");
        bench.rows.execute("update backfleet.audit_head h set seq = a.seq, hash = a.hash from backfleet.audit a");
        assertThat(run("audit", "--verify")).as(out.toString()).isZero();
        assertThat(out.toString()).startsWith("the chain is whole: 1 rows, the last with the hash ");
        bench.rows.execute("update backfleet.audit set who = 'eve'");
        assertThat(run("audit", "--verify")).isEqualTo(4);
        assertThat(out.toString())
                .isEqualTo("the audit was changed:\n  row 1 (set of j by eve) was changed, moved or inserted\n");
    }

    @Test
    void a_wrong_use_of_audit_is_refused() {
        assertThat(run("audit", "nothing")).isEqualTo(5);
        assertThat(err.toString()).contains("no job and no migration nothing");
        assertThat(run("audit", "--verify", "--who", "ann")).isEqualTo(2);
        assertThat(run("audit", "--anchor", "ab")).isEqualTo(2);
        assertThat(run("audit", "--verify", "--anchor", "ab")).isEqualTo(2);
        assertThat(err.toString()).contains("--anchor must be 64 hexadecimal digits");
        assertThat(run("audit", "--from", "yesterday")).isEqualTo(2);
        assertThat(err.toString())
                .contains("'yesterday' is no time; write 12h, 2d, 2026-11-30 or 2026-11-30T10:00:00Z");
        assertThat(run("audit", "--from", "2026-11-30")).isZero();
        assertThat(run("audit", "--from", "2026-11-30T10:00:00+01:00")).isZero();
        assertThat(run("audit", "--limit", "0")).isEqualTo(2);
    }
}

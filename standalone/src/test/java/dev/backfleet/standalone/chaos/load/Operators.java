package dev.backfleet.standalone.chaos.load;

import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.kafka.task.TaskCodec;
import dev.backfleet.common.task.Task;
import dev.backfleet.standalone.chaos.site.LostTail;
import dev.backfleet.standalone.chaos.site.Rest;
import dev.backfleet.standalone.chaos.site.Site;
import dev.backfleet.standalone.chaos.site.Sql;
import dev.backfleet.standalone.faults.CommandLine;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** People and programs that pause, resume and repeat; and the proof that a pause is one. */
public final class Operators {
    private static final int TIMES = 5;

    private final Site site;
    private final CommandLine commands;
    private final LostTail tail;
    private final List<Pause> pauses = Collections.synchronizedList(new ArrayList<>());

    public Operators(Site site, CommandLine commands, LostTail tail) {
        this.site = site;
        this.commands = commands;
        this.tail = tail;
    }

    /** Publishes the tasks of all shards again, five times, shuffled, and those of dispatches long past. */
    public void duplicateTasks(Random random) throws SQLException {
        try (var sql = new Sql(site.jdbcUrl());
                var producer = new KafkaProducer<>(
                        Map.<String, Object>of("bootstrap.servers", site.kafka().bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            var tasks = new ArrayList<Task>();
            for (var row : sql.rows("select job_id, number, dispatch from backfleet.shard "
                    + "where job_id = (select max(id) from backfleet.job where name like 'again-%')")) {
                var shard = new ShardId(Long.parseLong(row.get(0)), Integer.parseInt(row.get(1)));
                var dispatch = Long.parseLong(row.get(2));
                tasks.addAll(Collections.nCopies(TIMES, new Task(shard, dispatch)));
                tasks.add(new Task(shard, Math.max(0, dispatch - 1)));
            }
            Collections.shuffle(tasks, random);
            tasks.forEach(task -> {
                var unused = producer.send(
                        new ProducerRecord<>("backfleet.tasks", TaskCodec.key(task), TaskCodec.encode(task)));
            });
        }
    }

    /** Pauses the job for a while; whether the pause was acknowledged. */
    public boolean pauseJob(long millis) throws SQLException, InterruptedException {
        return pause("", millis);
    }

    /** Pauses one tenant of the job, if it has tenants; whether the pause was acknowledged. */
    public boolean pauseTenant(Random random, long millis) throws SQLException, InterruptedException {
        try (var sql = new Sql(site.jdbcUrl())) {
            var led = sql.number("select count(*) from backfleet.job where state = 'RUNNING' and name like 'again-%' "
                    + "and spec like '%tenant:%'");
            return led > 0 && pause(Integer.toString(random.nextInt(41)), millis);
        }
    }

    private boolean pause(String tenant, long millis) throws SQLException, InterruptedException {
        try (var sql = new Sql(site.jdbcUrl())) {
            var names = sql.texts("select name from backfleet.job where state = 'RUNNING' and name like 'again-%'");
            if (names.isEmpty()) {
                return false;
            }
            var name = names.get(0);
            var what = tenant.isEmpty() ? new String[] {name} : new String[] {name, "--tenant", tenant};
            var era = tail.era();
            var acknowledged = commands.succeeds("pause", what);
            // A commit that a primary acknowledges just before its end may not have reached its standby.
            var kept = acknowledged && tail.isKept(era);
            var from = kept ? now(sql) : 0;
            Rest.millis(millis);
            if (kept) {
                pauses.add(new Pause(tenant, from, end(sql, name)));
            }
            resume(sql, name, what);
            return acknowledged;
        }
    }

    private void resume(Sql sql, String name, String[] what) throws SQLException, InterruptedException {
        while (!resumes(what)
                && sql.number("select count(*) from backfleet.job where name = '" + name
                                + "' and state not in ('SUCCEEDED', 'FAILED')")
                        > 0) {
            Rest.millis(100);
        }
    }

    // A resume that is lost with a primary, and was not on the topic because Kafka was away, is given again.
    private boolean resumes(String[] what) {
        var era = tail.era();
        return commands.succeeds("resume", what) && tail.isKept(era);
    }

    public int pauses() {
        return pauses.size();
    }

    /** Fails if rows were changed in a pause, as the server committed them. */
    public void requirePausesKept(Sql sql) throws SQLException {
        var changes = 0L;
        for (var pause : pauses) {
            changes += sql.number("select count(*) from change_log where pg_xact_commit_timestamp(xmin) between "
                    + "to_timestamp(" + pause.from + " / 1000000.0) and to_timestamp(" + pause.until + " / 1000000.0)"
                    + (pause.tenant.isEmpty() ? "" : " and tenant_id = " + pause.tenant));
        }
        Items.require("changes after a pause was acknowledged", changes, 0);
    }

    // Of a tenant that was done already, the job may come to its end meanwhile: the next one is free to change rows.
    private static long end(Sql sql, String name) throws SQLException {
        return sql.number("select (extract(epoch from least(clock_timestamp(), finished_at)) * 1000000)::bigint "
                + "from backfleet.job where name = '" + name + "'");
    }

    private static long now(Sql sql) throws SQLException {
        return sql.number("select (extract(epoch from clock_timestamp()) * 1000000)::bigint");
    }

    private record Pause(String tenant, long from, long until) {}
}

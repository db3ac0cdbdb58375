package dev.backfleet.standalone.chaos.load;

import dev.backfleet.standalone.chaos.site.LostTail;
import dev.backfleet.standalone.chaos.site.Rest;
import dev.backfleet.standalone.chaos.site.Sql;
import dev.backfleet.standalone.faults.CommandLine;
import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Jobs, one after the other, each of which changes every row of the table once, with and without tenants by turns. */
public final class Work {
    private final Sql sql;
    private final CommandLine commands;
    private final Items items;
    private final String more;
    private final LostTail tail;
    private int jobs;
    private long job;
    private long looks;

    /**
     * Creates it.
     *
     * @param more lines for each job's spec
     * @param tail what a failover may undo
     */
    public Work(Sql sql, CommandLine commands, Items items, String more, LostTail tail) {
        this.sql = sql;
        this.commands = commands;
        this.items = items;
        this.more = more;
        this.tail = tail;
    }

    /** Submits another job, if there is none, and checks the invariants. */
    public void look() throws SQLException, IOException {
        // A job that has ended does not become one that runs again between two lines.
        tail.steady().lock();
        try {
            checkRepeatedly();
        } finally {
            tail.steady().unlock();
        }
        Rest.millis(100);
    }

    private void checkRepeatedly() throws SQLException, IOException {
        if (jobs == 0) {
            next();
        }
        var state = state();
        if (state.equals("SUCCEEDED")) {
            items.requireEveryRowOnceByEach(jobs);
            next();
        } else if (!state.matches("PLANNING|RUNNING|PAUSING|PAUSED")) {
            throw new AssertionError("job " + job + " is " + state + ": "
                    + sql.texts("select concat_ws(' ', reason, error) from backfleet.job where id = " + job));
        }
        items.requireCountedAsChanged(job, jobs);
        looks++;
    }

    private void next() throws IOException {
        jobs++;
        var tenant = jobs % 2 == 0 ? "tenant: tenant_id" : "";
        String submitted = null;
        while (submitted == null) {
            submitted = submit("again-" + jobs, tenant);
        }
        job = Long.parseLong(submitted);
    }

    // The server may be away just now; then the name is not taken, or it was and the job is there.
    private @Nullable String submit(String name, String tenant) throws IOException {
        try {
            return Long.toString(commands.submit(name, """
                    table: public.items
                    %s
                    %s
                    concurrency: 8
                    throttle: none
                    """.formatted(tenant, more)));
        } catch (AssertionError e) {
            try {
                var known = sql.texts("select id from backfleet.job where name = '" + name + "'");
                return known.isEmpty() ? null : known.get(0);
            } catch (SQLException gone) {
                throw new IOException(gone);
            }
        }
    }

    /** Lets the last job run at full speed. */
    public void hurry() {
        commands.succeeds("set", "again-" + jobs, "--rate", "none");
    }

    /** The job that runs now, or the last one. */
    public long job() {
        return job;
    }

    public String state() throws SQLException {
        return sql.texts("select state from backfleet.job where id = " + job).get(0);
    }

    public int jobs() {
        return jobs;
    }

    public long looks() {
        return looks;
    }

    /** Rows changed by all jobs. */
    public long changed() throws SQLException {
        return sql.number("select coalesce(sum(rows_changed), 0) from backfleet.shard");
    }
}

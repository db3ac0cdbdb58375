package dev.backfleet.standalone.chaos;

import dev.backfleet.standalone.faults.CommandLine;
import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Jobs, one after the other, each of which changes every row of the table once, with and without tenants by turns. */
final class Work {
    private final Sql sql;
    private final CommandLine commands;
    private final Items items;
    private final String more;
    private int jobs;
    private long job;
    private long looks;
    private double oldest;
    private String oldestOf = "none";

    /**
     * Creates it.
     *
     * @param more lines for each job's spec
     */
    Work(Sql sql, CommandLine commands, Items items, String more) {
        this.sql = sql;
        this.commands = commands;
        this.items = items;
        this.more = more;
    }

    /** Has another job done, if there is none, and looks whether all is as it has to be right now. */
    void look() throws SQLException, IOException {
        if (jobs == 0) {
            next();
        }
        lookAtTransactions();
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
        Rest.millis(50);
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

    private void lookAtTransactions() throws SQLException {
        for (var row : sql.rows("select extract(epoch from clock_timestamp() - xact_start), "
                + "application_name || ' ' || state || ' ' || left(query, 60) "
                + "from pg_stat_activity where application_name like 'backfleet-%' and xact_start is not null")) {
            if (Double.parseDouble(row.get(0)) > oldest) {
                oldest = Double.parseDouble(row.get(0));
                oldestOf = row.get(1);
            }
        }
    }

    /** Lets the last job go as fast as it can. */
    void hurry() {
        commands.succeeds("set", "again-" + jobs, "--rate", "none");
    }

    /** The job that runs now, or the last one. */
    long job() {
        return job;
    }

    String state() throws SQLException {
        return sql.texts("select state from backfleet.job where id = " + job).get(0);
    }

    int jobs() {
        return jobs;
    }

    long looks() {
        return looks;
    }

    /** Rows changed by all jobs. */
    long changed() throws SQLException {
        return sql.number("select coalesce(sum(rows_changed), 0) from backfleet.shard");
    }

    /** The oldest transaction of the fleet that was seen, in seconds. */
    double oldest() {
        return oldest;
    }

    String oldestOf() {
        return oldestOf;
    }
}

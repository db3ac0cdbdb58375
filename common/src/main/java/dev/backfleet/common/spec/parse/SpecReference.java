package dev.backfleet.common.spec.parse;

import dev.backfleet.common.spec.key.SpecKey;
import dev.backfleet.common.spec.key.SpecKeys;
import java.util.List;
import java.util.stream.Collectors;

/** Generates the spec reference page from the definitions of the keys. */
public final class SpecReference {

    /** A spec with every key, as shown on the page. */
    static final String EXAMPLE = """
            name: split-package-names
            table: public.packages
            tenant: tenant_id                 # optional: shards follow tenants; without it, ranges of the key
            set:                              # column: SQL expression over the row
              scope: "case when full_name like '@%/%' then split_part(full_name, '/', 1) else '' end"
              short_name: "case when full_name like '@%/%' then substr(full_name, strpos(full_name, '/') + 1) else full_name end"
            where: short_name is null         # optional: which rows still need the change
            key: [id]                         # optional: the primary key, or any unique NOT NULL index's columns
            shard: { rows: 50000 }            # this and all following keys are optional
            walk: { passes: auto }            # so that tables and indexes hardly grow: 1 to 32, or what suits the table
            batch: { duration: 100ms, max-rows: 10000, row-timeout: 1500ms }
            rate: { rows-per-second: 50000, wal-bytes-per-second: 20MB }  # of the whole fleet; none: no limit
            concurrency: 8                    # slots of the fleet that the job may use at once
            priority: normal                  # weight for slots relative to other jobs: low, normal, high
            triggers: fire                    # or suppress
            undo: keep                        # keep the overwritten values, so that 'backfleet undo' can put them back
            error-budget: { rows: 1000, ratio: 0.1% }  # rows in quarantine; more of them halt the job
            window: { between: "22:00-06:00", zone: Europe/Berlin, days: [mon, tue] }  # days: on which it opens
            deadline: "2026-12-24 06:00 Europe/Berlin"  # by when it is to be done; 'status' says whether it will be
            rollout: [{ tenants: [7, 42] }, 5, 100]  # waves, in percent; the job waits after each
            reconcile: { different: "short_name <> lower(full_name)" }  # which rows 'backfleet reconcile' finds different
            throttle:                         # health signals that throttle the job: SOFT/HARD, or none
              replication-lag: 10s/1m
              replication-lag-bytes: 256MB/2GB
              slot-wal: 4GB/16GB
              blocked-sessions: 4/20
              blocked-time: 500ms/2s
              lock-queue: 200ms/600ms
              wal-rate: 512MB/2GB
              oldest-transaction: 1h/12h
              oldest-xmin: 10000000/100000000
              dead-tuples: 150%/500%
              autovacuum: 2/none
              connections: 80%/95%
              checkpoints: 20/none
              probe-latency: 150ms/1s
              application-latency: 100ms/none
              rollback-ratio: 20%/none
              probe: "select 1 from public.packages where id = 1"
              sql: [{ name: queue, query: "select count(*) from public.jobs", soft: 100, hard: 1000 }]
              http: ["https://app.example/healthy"]
            """;

    /** A spec that copies rows, with every key of a copy. */
    static final String COPY = """
            name: split-shipments
            table: public.orders
            into:                             # instead of set
              table: public.shipments
              columns:                        # column of the copy: SQL expression over the row
                order_id: id
                address: "trim(ship_address)"
              key: [order_id]                 # optional: the primary key, or any unique NOT NULL index's columns
              on-conflict: nothing            # or update, or fail: what becomes of a row that is there already
              write-back: { shipment_id: id } # column of the row: column of its copy
            where: shipment_id is null
            """;

    private static final String HEAD = """
            # The spec

            <!-- Made from the code by SpecReferenceTest: change SpecKeys or SpecReference, not this page. -->

            A spec is a YAML or JSON file of at most 1 MiB that says which table to change and how. Problems
            are reported one at a time, with file, line and key; nothing is stored until there is none.

            ```yaml
            """;

    private static final String RULES = """
            ```

            **Names** are written as in SQL: unquoted names fold to lower case, double quotes keep case and blanks. YAML
            removes the outer quotes, so write a name with blanks as `'"N n"'`, and as a key of `set`
            `'"N n"': "expression"`.

            **Schemas**: the `search_path` is `public, pg_temp`. Tables, functions, types and operators of other
            schemas must be qualified: `billing.invoices`, `billing.round_up(amount)`, `a operator(billing.+) b`.

            **Expressions** are SQL over the columns of the row before the change. They are checked three times: as text (quotes,
            comments, parentheses and brackets are closed; no `;`, no `$1`, no braces outside of quotes), by PostgreSQL with `EXPLAIN`
            of the statements that workers run, and by a change of the first row that is rolled back. That change is skipped if an
            expression calls a volatile function, or if a trigger is written in a language other than SQL or PL/pgSQL. In YAML, put
            expressions in quotes: ` #` begins a comment. `null` is SQL's NULL. A text is in single quotes as always: `"'new'"`.

            **A copy** (`into` instead of `set`) has one row in the other table for each row of `table`. Each batch locks its rows, computes
            their values, inserts them, and writes back, in one statement, so a row is copied in the version that is committed
            with it. A row that is there already, by `into.key`, was copied by the application or by a sync: `nothing` leaves it
            ([but for one case](../copies.md#a-batch)), `update` gives it the values, and does not write it if it has them, `fail` quarantines the row. `changed` counts rows that were
            inserted, updated or written back. Two rows of `table` must not give the same key: the second would be passed over, or would
            overwrite the first, and a reconcile counts it as different. An expression of the key must not call a function that gives another
            value each time. Values are assigned, not cast: a text that is too long is an error of its row. A column that is
            GENERATED ALWAYS is refused. `triggers: suppress` suppresses those of both tables, foreign keys included.
            To lock its rows, a job without `write-back` needs the right to update one column of the key.

            **Keys** may be of any type that a btree index sorts in the type's default order, in any schema, domains included.
            Rejected are `money`, containers of `regclass` and similar types or of domains with constraints, NOT NULL constraints
            that are NOT VALID, and keys or partition keys that are computed from a column that the job sets.

            **The range is fixed** when the job is planned. Rows with larger keys are not changed: they were written by an application
            that already writes both shapes.

            **Triggers and rules**: a table with a rule ON UPDATE is rejected. `submit` reports statement triggers on a partitioned
            table, which do not fire, triggers that fire although triggers are suppressed, and triggers that may suppress an update.

            **`where`** selects the rows that still need the change. Use a condition that no longer holds after the change: then the
            job checks at its end for rows that still match, and reports them. A condition that stays true does not show whether a row
            still needs the change; the same holds if a new value is computed from the old one (`n = n + 1`).

            **The error budget** is the number of rows that PostgreSQL may reject (a constraint, a value out of range, an exception in
            a trigger) before the job halts: at most `rows`, and at most the share `ratio` of the rows scanned so far. The share is
            checked from the 101st row in quarantine on, since a share of few rows is not significant and bad rows are often adjacent:
            100 bad rows at the beginning of a large table do not halt the job, and a change that every row rejects halts it after
            101 rows. `rows: 0` halts it with the first one. `backfleet quarantine JOB` lists the rows.

            **A time window** stops and starts the job automatically; when it closes, current batches are completed. The days are those
            on which it opens: `22:00-06:00` on `mon` is the night to Tuesday. Times are those of the zone: when its clocks skip or
            repeat an hour, the window is shorter or longer by it.

            **A deadline** changes nothing of the work. `plan` says whether the job would miss it, by what was measured; `status`, `watch`
            and an alert, whether it will, by the ETA's earliest end. `backfleet set JOB --deadline` moves it.

            **A rollout** makes the job wait after each wave, until `backfleet promote JOB` or, with `promote: auto`, until the wave
            has been done for the soak time and none of its shards FAILED. `percent` is the share of all shards outside of waves of
            tenants that is done after the wave, rounded to whole shards (they are made small enough for the smallest step). The shards
            of a wave are spread over the table. If shards follow tenants, a tenant that fills shards is in one wave with all of them.
            A wave without shards is skipped. Waves of tenants require shards that follow tenants. With `promote: auto` or
            `reconcile: true`, the rows of all waves so far are compared when the soak time is over (job `NAME.reconcile`). With
            `promote: auto`, the next wave begins only if no row is wrong, and none in quarantine; otherwise the job waits, and
            `status` says for what: `backfleet reconcile JOB` compares again, `backfleet promote JOB` begins the next wave
            nevertheless. If the change cannot be computed again and there is no `reconcile.different`, nothing is compared: the
            submission warns, and the next wave begins after the soak time. `reconcile: false` compares nothing either.

            **A reconcile** (`backfleet reconcile JOB`) compares each row, after the job's end, with what the expressions give then. A
            change that cannot be computed again, because an expression reads a column that is set, is volatile or depends on the time,
            needs `reconcile.different`: a condition on the row as it is afterwards, for rows that are wrong. It also replaces the
            comparison where one is possible; rows that were left out are found either way.

            **An undo** (`backfleet undo JOB`) needs `undo: keep`: each batch then writes the values before and after, as text, to the
            control schema. It puts values back only in rows that still have what the job wrote, and only in the columns of `set`.

            **The throttle** measures the database's health each second. A signal above its soft threshold slows the job down; a signal
            at its hard threshold for two seconds suspends the job until all signals are below their soft thresholds again. Then the
            job resumes by itself. `none` turns a signal off, `throttle: none` all of them. The coordinator's settings apply to signals
            that the spec does not name. A signal that cannot be read throttles the job as if it were above the soft threshold, and
            suspends it after 15 s; a signal that does not exist on the server (no standby, no `pg_stat_statements`) has no effect.
            Queries run read-only in the coordinator's session, with a timeout of 1 s.

            **YAML** is restricted: no anchors, aliases or tags, one document per file, each key once. Write a text of several lines
            with a comment (`--`), or with a line break between quotes, with `|`, which keeps lines. A text is rejected if YAML would
            join its lines (`>`, plain, or in quotes) and so change its meaning.

            ## Keys

            """;

    private static final String ABOUT_COPIES = """
            A job can copy rows into another table instead:

            ```yaml
            """;

    private static final String TABLE = """
            | Key | Value | Default | Check | Meaning | Example |
            |---|---|---|---|---|---|
            """;

    private SpecReference() {}

    public static String markdown() {
        return HEAD + EXAMPLE + "```\n\n" + ABOUT_COPIES + COPY + RULES + table(SpecKeys.ALL);
    }

    /** A table of keys, in Markdown. */
    public static String table(List<? extends SpecKey<?>> keys) {
        return TABLE + keys.stream().map(SpecReference::row).collect(Collectors.joining());
    }

    private static String row(SpecKey<?> key) {
        var absence = key.absence().kind() == SpecKey.Kind.DEFAULT
                ? "`" + key.absence().text() + "`"
                : key.absence().text();
        return "| `%s` | %s | %s | %s | %s | `%s` |\n"
                .formatted(
                        key.path(),
                        key.type().description(),
                        absence,
                        key.type().check(),
                        key.sentence(),
                        key.written());
    }
}

package dev.backfleet.common.spec.parse;

import dev.backfleet.common.spec.key.SpecKey;
import dev.backfleet.common.spec.key.SpecKeys;
import java.util.stream.Collectors;

/** Writes the reference page of the spec from the definitions of its keys. */
public final class SpecReference {

    /** A spec with every key in it, as it stands on the page. */
    static final String EXAMPLE = """
            name: split-package-names
            table: public.packages
            tenant: tenant_id                 # optional: shards follow tenants; without it, ranges of the key
            set:                              # column: SQL expression over the row
              scope: "case when full_name like '@%/%' then split_part(full_name, '/', 1) else '' end"
              short_name: "case when full_name like '@%/%' then substr(full_name, strpos(full_name, '/') + 1) else full_name end"
            where: short_name is null         # optional: which rows still need it
            key: [id]                         # optional: the primary key, or any unique NOT NULL index's columns
            shard: { rows: 50000 }            # optional, as all that follows
            batch: { duration: 100ms, max-rows: 10000, row-timeout: 1500ms }
            rate: { rows-per-second: 50000, wal-bytes-per-second: 20MB }  # of the whole fleet; none: no limit
            concurrency: 8                    # slots of the fleet that the job may use at once
            priority: normal                  # its share of the slots beside other jobs: low, normal, high
            triggers: fire                    # or suppress
            error-budget: { rows: 1000, ratio: 0.1% }  # rows in quarantine; more of them halt the job
            window: { between: "22:00-06:00", zone: Europe/Berlin, days: [mon, tue] }  # days: on which it opens
            rollout: [{ tenants: [7, 42] }, { percent: 5 }, { percent: 100 }]  # waves; the job waits after each
            throttle:                         # what holds the job back: SOFT/HARD; none: nothing does
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
              probe: "select 1 from public.packages where id = 1"
              sql: [{ name: queue, query: "select count(*) from public.jobs", soft: 100, hard: 1000 }]
              http: ["https://app.example/healthy"]
            """;

    private static final String HEAD = """
            # The spec

            <!-- Made from the code by SpecReferenceTest: change SpecKeys or SpecReference, not this page. -->

            A spec is a YAML or JSON file of at most 1 MiB that says which table to change and how. One problem is
            reported at a time, with file, line and key; nothing is stored until there is none.

            ```yaml
            """;

    private static final String RULES = """
            ```

            **Names** are written as in SQL: unquoted ones fold to lower case, double quotes keep case and blanks. YAML
            takes the outer quotes for itself, so a name with blanks is written `'"N n"'`, and as a key of `set`
            `'"N n"': "expression"`.

            **Schemas**: the `search_path` is pinned to `public, pg_temp`. Tables, functions, types and operators of other
            schemas must be qualified: `billing.invoices`, `billing.round_up(amount)`, `a operator(billing.+) b`.

            **Expressions** are SQL over the columns of the row, as it is before the change. They are checked three times:
            first as text (quotes, comments, parentheses and brackets are closed; no `;`, no `$1`, no braces outside of
            quotes), then by PostgreSQL with `EXPLAIN` of the statements that workers run, then by a change of the first row
            that is rolled back. That change is left out if an expression calls a volatile function, or a trigger is written
            in another language than SQL or PL/pgSQL. In YAML, put them in quotes: ` #` begins a comment.
            `null` is SQL's NULL. A text is in single quotes as always: `"'new'"`.

            **Keys** may be of any type that a btree index sorts in the type's default order, in any schema, domains included.
            Refused are `money`, containers of `regclass` and the like or of domains with constraints, NOT NULL constraints
            that are NOT VALID, and keys or partition keys that are computed from a column that the job sets.

            **The range is pinned** when the job is planned: rows with keys beyond it were written by an application that
            already writes both shapes, and are not touched.

            **Triggers and rules**: a table with a rule ON UPDATE is refused. `submit` notes triggers for statements on a partitioned
            table, which do not fire, triggers that fire though they are suppressed, and those that may keep a row as it is.

            **`where`** says which rows still need the change. Best is a condition that no longer holds after it: then the job
            looks at its end for rows that still match, and says so. One that stays true says nothing about what is left to do, nor
            does any if a new value is computed from the old one (`n = n + 1`).

            **An error budget** says how many rows that the database refuses (a constraint, a value out of range, a trigger that
            raises) may be put into quarantine before the job halts: at most `rows`, and at most the share `ratio` of the rows
            walked so far. The share counts from the 101st row on, since a share of a few rows says nothing and bad rows tend
            to stand together: 100 bad rows at the beginning of a large table halt no job, and a change that no row can bear
            halts after 101. `rows: 0` halts with the first one. `backfleet quarantine JOB` lists them.

            **A time window** stops and starts the job by itself; when it closes, the batches that are under way end. The days
            name those on which it opens, `22:00-06:00` on `mon` is the night to Tuesday. Times are those of the zone's clock:
            when it skips an hour or repeats one, the window is shorter or longer by it.

            **A rollout** lets the job wait after each wave, until `backfleet promote JOB` or, with `promote: auto`, until the
            wave has been done for the soak time and no shard of it FAILED. `percent` is the share of all shards outside of
            waves of tenants that is done after the wave, as near as whole shards allow (they are made small enough for the
            smallest step); which ones is spread over the table. Where shards follow tenants, a tenant that fills shards is
            in one wave with all of them. A wave that gets no shard is passed over. Waves of tenants need such a job.

            **The throttle** looks at the database each second. A signal above its soft threshold makes the job slower, one
            that reaches its hard threshold for two seconds stops it until all is well again; then it goes on by itself.
            `none` turns a signal off, `throttle: none` all of them. What a spec does not say, the coordinator's settings do.
            A signal that cannot be read holds the job back as if it were above the soft threshold, and stops it after 15 s;
            one that cannot exist on the server (no standby, no `pg_stat_statements`) does nothing. Queries run read-only
            in the coordinator's session, and have a second.

            **YAML** is taken plainly: no anchors, aliases or tags, one document per file, each key once. A text of several lines with
            a comment (`--`), or with a line break between quotes, is written with `|`, which keeps lines; where YAML would make one
            line of it (`>`, plain, or in quotes) and so change what it means, it is refused.

            ## Keys

            | Key | Value | Default | Check | Meaning | Example |
            |---|---|---|---|---|---|
            """;

    private SpecReference() {}

    /** The page, in Markdown. */
    public static String markdown() {
        return HEAD
                + EXAMPLE
                + RULES
                + SpecKeys.ALL.stream().map(SpecReference::row).collect(Collectors.joining());
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

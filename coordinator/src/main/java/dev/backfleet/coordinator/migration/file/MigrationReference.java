package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.spec.parse.SpecReference;
import java.util.stream.Collectors;

/** Generates the reference page of the file of a migration from the definitions of its keys. */
public final class MigrationReference {

    /** A migration with every key, as shown on the page. */
    static final String EXAMPLE = """
            migration: split-names               # names the migration, its job and its trigger
            table: public.customers
            tenant: tenant_id                    # optional: shards of the backfill follow tenants
            key: [id]                            # optional: the primary key, or any unique NOT NULL index's columns
            from: [full_name]                    # the old shape
            to:                                  # the new shape; up: SQL expression over the columns of from
              first_name: { type: text, up: "split_part(full_name, ' ', 1)" }
              last_name: { type: text, up: "nullif(substr(full_name, strpos(full_name, ' ') + 1), full_name)" }
              name_state: { type: text, up: "case when full_name like '% %' then 'split' else 'single' end", default: "'new'" }
            down: { full_name: "concat_ws(' ', first_name, last_name)" }  # optional: makes the sync two-way
            sync: { on-error: leave }            # this and all following keys are optional; or raise
            expand:                              # before the sync begins
              - default: { column: first_name, value: "''" }
            backfill:                            # any key of a spec but name, table, tenant, key, set, triggers, reconcile
              where: name_state = 'new'
              concurrency: 4
              rate: { rows-per-second: 20000 }
            finish:                              # after the backfill: what reads and writers need
              - index: { name: customers_names, on: [tenant_id, last_name, first_name], where: "last_name is not null" }
              - not-null: first_name
              - drop-not-null: full_name
              - check: { name: customers_names_check, condition: "length(last_name) < 200" }
            reconcile: { every: 1h, max-age: 24h, different: "first_name <> split_part(full_name, ' ', 1)" }
            cutover:                             # promote: auto takes the steps after the first one by itself
              steps: [{ tenants: [7, 42] }, 5, 25, 100]
              soak: 1h
              promote: auto
              abort: { rollback-ratio: 1.5x/3x, application-latency: 1.3x/2x, drift: 0/1, http: ["https://app.example/healthy"] }
            contract: { soak: 14d, clean: 7d, rename: true, keep: 14d }
            ddl: { lock-timeout: 500ms, hold: 2s, give-up: 30m, role: app_owner, by: backfleet }  # by: or others
            """;

    /** One whose new shape is in another table, as shown on the page. */
    static final String INTO = """
            migration: split-shipments
            table: public.orders
            from: [ship_address]                 # the old shape
            into:                                # the new shape, one row for each row: as in a spec
              table: public.shipments
              columns: { order_id: id, address: "coalesce(trim(ship_address), '')" }
              key: [order_id]
              on-conflict: update
              write-back: { shipment_id: id }    # a column of orders; one that is not there is added, with the type of shipments.id
            expand:                              # unless the table is there already
              - sql:
                  title: create shipments
                  apply: |
                    create table public.shipments (id bigint generated always as identity primary key,
                    order_id bigint not null unique references public.orders (id), address text)
                  check: "select to_regclass('public.shipments') is not null"
                  undo: drop table public.shipments
                  lock: share row exclusive
            finish:
              - drop-not-null: ship_address
              - into: { not-null: address }      # of shipments
              - foreign-key: { name: orders_shipment, on: [shipment_id], references: public.shipments, columns: [id] }
            """;

    // The example can be tried as whoever owns the table.
    private static final String ROLE = ", role: app_owner, by: backfleet }  # by: or others";

    private static final String OTHER_ROLE =
            ", by: backfleet }  # by: or others; role: app_owner, if the connected role does not own the table";

    private static final String HEAD = """
            # The file of a migration

            <!-- Made from the code by MigrationReferenceTest: change MigrationKeys, ElementKinds or MigrationReference, not this page. -->

            A migration is the whole change of a table of which a backfill is the middle. Its file
            is YAML or JSON of at most 1 MiB. Problems are reported one at a time, with file, line and key; nothing is stored until there
            is none. `backfleet migration plan FILE` prints what it would do, and does nothing.

            ```yaml
            """;

    private static final String RULES = """
            ```

            **Names, schemas, expressions and YAML** are as in [a spec](spec.md): names are written as in SQL, the `search_path` is
            `public, pg_temp`, and expressions are put in quotes.

            **The new shape** is computed from the old one alone: `up` reads columns of `from`, no column of `to`, and has no sub-select.
            Its triggers compute it for each row that is written from then on, the job for all others.

            **The way back**: with `down`, a write in the new shape also keeps the old one up, so that code of the old shape may be used
            again. `down` reads columns of `to` only. A column of `from` without `down` is read by `up`, and stays as it is.

            **Another table** may have the new shape: `into` instead of `to`, with the keys of a spec that copies rows
            ([copies](../copies.md)). It has one row for each row, and its columns follow from any columns of the row, without a sub-select. The sync
            goes one way, so there is no `down`. Elements of `expand` and `finish` are about `table`, those in `into: { … }` about the other table.

            ```yaml
            """ + INTO + """
            ```

            **The job's spec** is derived, and `plan` prints it: its name is the migration's, `set` are the expressions `up`, `where` says that
            all columns of `to` are NULL unless `backfill.where` says otherwise. It is checked as any other spec is. Problems with it name
            the key in this file.

            **Another tool** may execute the statements: see [migrations by other tools](../migrations-by-other-tools.md).

            **A default of a new column** gives every row a value from the beginning: `backfill.where` must tell which rows are still to be
            changed. A default that only new rows have is an element of `expand` or `finish`.

            ## Keys

            """;

    private static final String COLUMNS = """

            ## Columns of `to`

            """;

    private static final String SIGNALS = """

            ## Signals of `cutover.abort`

            Thresholds are values, or multiples of a baseline: the median of the signal in the soak time before the step. See
            [a cutover that watches itself](../migrations.md#a-cutover-that-watches-itself).

            """;

    private static final String ELEMENTS = """

            ## Elements

            `expand` and `finish` are lists of elements, each a group with one key, its kind. Each becomes one step or more
            (`backfleet migration plan` prints them). A step that is so already, whoever made it so, is found done.

            | Kind | Makes | Written |
            |---|---|---|
            """;

    private static final String ELEMENT = """

            ### `%s`

            %s

            """;

    private MigrationReference() {}

    /** The page, in Markdown. */
    public static String markdown() {
        return HEAD
                + EXAMPLE.replace(ROLE, OTHER_ROLE)
                + RULES
                + SpecReference.table(MigrationKeys.ALL)
                + COLUMNS
                + SpecReference.table(NewColumnType.ALL)
                + SIGNALS
                + SpecReference.table(AbortType.ALL)
                + ELEMENTS
                + ElementKinds.ALL.stream()
                        .map(kind -> "| `%s` | %s | `%s` |\n".formatted(kind.word(), kind.sentence(), kind.written()))
                        .collect(Collectors.joining())
                + ElementKinds.ALL.stream()
                        .filter(kind -> !kind.keys().isEmpty())
                        .map(kind -> ELEMENT.formatted(kind.word(), kind.sentence()) + SpecReference.table(kind.keys()))
                        .collect(Collectors.joining());
    }
}

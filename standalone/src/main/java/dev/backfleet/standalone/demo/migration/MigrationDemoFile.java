package dev.backfleet.standalone.demo.migration;

/** The file of the demo's migration, as a person would write it. */
final class MigrationDemoFile {
    /** The name of the migration. */
    static final String NAME = "split-names";

    // Times to soak that a person would never accept, so that the demo ends soon.
    private static final String TEXT = """
            migration: split-names
            table: public.customers
            tenant: tenant_id
            from: [full_name]
            to:
              first_name: { type: text, up: "nullif(split_part(full_name, ' ', 1), '')" }
              last_name: { type: text, up: "nullif(substr(full_name, length(split_part(full_name, ' ', 1)) + 2), '')" }
            down: { full_name: "concat_ws(' ', first_name, last_name)" }
            backfill: { shard: { rows: 10000 }, concurrency: %d }
            finish:
              - index: { name: customers_names, on: [tenant_id, last_name, first_name] }
            cutover: { steps: [10, 100], soak: 3s, promote: auto, abort: { http: ["%s"] } }
            contract: { soak: 1s, clean: 1s, keep: 1s }
            """;

    private MigrationDemoFile() {}

    /**
     * The file.
     *
     * @param slots how many shards are worked on at once
     * @param healthUrl where the application says whether it is well
     */
    static String text(int slots, String healthUrl) {
        return TEXT.formatted(slots, healthUrl);
    }
}

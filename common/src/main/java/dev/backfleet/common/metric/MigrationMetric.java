package dev.backfleet.common.metric;

/** Metrics of migrations that were not aborted, read from PostgreSQL by the leading coordinator. */
public enum MigrationMetric implements Metric {
    MIGRATION_STATE(
            "gauge migration_state{backfill,state}",
            "1 for the state of the migration, which has the name of its job; 0 for all others. `CUTTING`, `CUT`: tenants read the new shape"),
    MIGRATION_READS(
            "gauge migration_reads_ratio{backfill} in ratio",
            "Share of tenants that read the new shape, besides those that are named: 0 while its flag is OFF, 1 when all do"),
    MIGRATION_TAKEN_BACK(
            "gauge migration_taken_back{backfill}",
            "1 from the moment at which the watch over the cutover has taken all reads back, until the next step; else 0"),
    MIGRATION_SIGNAL_LEVEL(
            "gauge migration_signal_level{backfill,signal}",
            "Of a signal that is watched while a step is on, or since a renaming that was watched: 0 calm, 1 above its soft threshold, 2 at its hard one"),
    MIGRATION_SIGNAL_READABLE(
            "gauge migration_signal_readable{backfill,signal}",
            "0 if a signal that is watched cannot be read, has no baseline, or is looked at by no coordinator");

    private final String written;
    private final String tells;

    MigrationMetric(String written, String tells) {
        this.written = written;
        this.tells = tells;
    }

    @Override
    public MetricSource source() {
        return MetricSource.LEADER;
    }

    @Override
    public WrittenMetric written() {
        return WrittenMetric.of(written);
    }

    @Override
    public String tells() {
        return tells;
    }
}

package dev.backfleet.coordinator.operation.reconcile;

/** The migrations without {@code down}, whose old shape is not kept up once the new one is written alone. */
@FunctionalInterface
public interface OneWayCutovers {
    /** Whether a job is the backfill of one of which tenants read the new shape: what the old shape says is no longer the truth. */
    boolean begun(long job);
}

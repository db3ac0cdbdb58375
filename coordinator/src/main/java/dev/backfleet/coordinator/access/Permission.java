package dev.backfleet.coordinator.access;

/** What a resource of the API needs. */
public enum Permission {
    /** Status, figures and names; no value of a row. */
    READ,
    /** The keys of rows: in shards, in quarantine and of what a reconcile has found. */
    READ_KEYS
}

package dev.backfleet.coordinator.postgres.job;

import org.jdbi.v3.core.Handle;

/** The statements about {@code backfleet.job_note}: remarks that a job's status shows. */
public final class NoteStore {

    private static final String TELL = """
            insert into backfleet.job_note as n (job_id, topic, note)
            select id, :topic, :note from backfleet.job where id = :job
            on conflict (job_id, topic) do update set note = excluded.note, at = excluded.at
            where n.note <> excluded.note
            """;

    private static final String FORGET = "delete from backfleet.job_note where job_id = :job and topic = :topic";

    private final Handle handle;

    public NoteStore(Handle handle) {
        this.handle = handle;
    }

    /** Stores a note; replaces an earlier one on the same topic. */
    public void tell(long job, String topic, String note) {
        handle.createUpdate(TELL)
                .bind("job", job)
                .bind("topic", topic)
                .bind("note", note)
                .execute();
    }

    /** Deletes a note. */
    public void forget(long job, String topic) {
        handle.createUpdate(FORGET).bind("job", job).bind("topic", topic).execute();
    }
}

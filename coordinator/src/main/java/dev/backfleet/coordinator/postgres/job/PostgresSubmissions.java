package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.trace.Submissions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads the spans by which jobs were submitted; each once, for as many jobs as are likely to run at a time. */
public final class PostgresSubmissions implements Submissions {
    private static final int JOBS = 1_000;

    private final Database database;
    private final Map<Long, Optional<String>> known = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Optional<String>> eldest) {
            return size() > JOBS;
        }
    });

    public PostgresSubmissions(Database database) {
        this.database = database;
    }

    @Override
    public Optional<String> traceparent(long job) {
        var stored = known.get(job);
        if (stored == null) {
            stored = database.jdbi()
                    .withHandle(handle -> handle.createQuery("select traceparent from backfleet.job where id = :job")
                            .bind("job", job)
                            .mapTo(String.class)
                            .findOne());
            known.put(job, stored);
        }
        return stored;
    }
}

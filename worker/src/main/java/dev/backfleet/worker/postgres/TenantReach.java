package dev.backfleet.worker.postgres;

import dev.backfleet.common.postgres.key.KeyClass;
import dev.backfleet.common.postgres.key.KeySpace;
import dev.backfleet.worker.shard.Claim;
import org.jdbi.v3.core.Handle;

/** Whether rows of a tenant may be in what is left of a shard. The tenant is text, which only PostgreSQL can compare. */
final class TenantReach {

    private static final String REACHES = """
            with want as materialized (%s)
            select exists (
              select from backfleet.shard s, want w where s.job_id = :job and s.number = :number and %s)
            """;

    private TenantReach() {}

    static boolean into(Handle handle, Claim claim, String tenant) {
        var space = new KeySpace(claim.definition(), claim.relation());
        var rest = KeyClass.rest(claim.definition(), "s");
        var sql = REACHES.formatted(space.tenant(":tenant"), space.reachesInto(rest, "s.upper", "w.t"));
        return handle.createQuery(sql)
                .bind("tenant", tenant)
                .bind("job", claim.shard().job())
                .bind("number", claim.shard().number())
                .mapTo(Boolean.class)
                .one();
    }
}

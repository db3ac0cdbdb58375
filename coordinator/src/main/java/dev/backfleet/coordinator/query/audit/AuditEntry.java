package dev.backfleet.coordinator.query.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of the audit, in the order of the JSON output; names and order are an interface.
 *
 * @param seq its place in the chain; null: it is not in the chain, which {@link VerifyAudit} reports
 * @param at when, by the database's clock
 * @param who who asked for it, as claimed; with {@code topic:} or {@code auto:} before the name if it was no command
 * @param via how it came: cli, topic or auto; null: a release before version 17 of the control schema did not store it
 * @param role the role that was logged in to PostgreSQL: verified
 * @param remote the address from which its session came, as PostgreSQL sees it; null: a Unix socket
 * @param client the user and host of the command, as claimed; null: it was no command
 * @param job the job's id; null: the whole fleet
 * @param name its name at that time
 * @param action what was done
 * @param setting the setting that was changed
 * @param before the setting's value before, or the state of the job when it was paused, resumed or cancelled
 * @param after the setting's value since, or what the action was applied to
 * @param reason why, as the person gave it
 * @param request the same for all rows of one command, or the place of the record on the control topic
 * @param hash the row's hash, as 64 hexadecimal digits
 */
public record AuditEntry(
        @Nullable Long seq,
        Instant at,
        String who,
        @Nullable String via,
        String role,
        @Nullable String remote,
        @Nullable String client,
        @Nullable Long job,
        @Nullable String name,
        String action,
        @Nullable String setting,
        @Nullable String before,
        @Nullable String after,
        @Nullable String reason,
        @Nullable String request,
        @Nullable String hash) {}

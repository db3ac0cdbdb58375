package dev.backfleet.coordinator.review;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.pin.state.RelationState;
import dev.backfleet.coordinator.pin.state.RelationState.Identity;
import dev.backfleet.coordinator.pin.state.ServerState.Slot;
import dev.backfleet.coordinator.pin.state.ServerState.Standby;
import dev.backfleet.coordinator.pin.state.TableState.Publication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Who else gets the job's changes: subscribers and standbys. */
final class ReplicationFindings {
    private static final double BEHIND_SECONDS = 60;
    private static final long BEHIND_BYTES = 256L << 20;
    private static final Set<String> CONFIRMS = Set.of("sync", "quorum");

    private final Subject subject;
    private final List<Finding> findings = new ArrayList<>();

    private ReplicationFindings(Subject subject) {
        this.subject = subject;
    }

    static List<Finding> of(Subject subject) {
        var all = new ReplicationFindings(subject);
        all.publications();
        all.slots();
        all.standbys();
        return all.findings;
    }

    private void publications() {
        var names = subject.table().publications().stream()
                .filter(Publication::updates)
                .map(publication -> Identifier.of(publication.name()).toString())
                .toList();
        if (names.isEmpty()) {
            return;
        }
        var by = (names.size() == 1 ? "the publication " : "the publications ") + Subject.named(names);
        var nothing = identified(Identity.NONE);
        if (!nothing.isEmpty()) {
            findings.add(Finding.of(
                    FindingCode.REPLICA_IDENTITY_MISSING,
                    Subject.named(nothing) + " has no replica identity, and " + by
                            + " publishes its updates: PostgreSQL rejects each of them, the application's as well",
                    "alter table " + nothing.get(0) + " replica identity using index …, or full"));
        }
        var full = identified(Identity.FULL);
        if (!full.isEmpty()) {
            findings.add(Finding.of(
                    FindingCode.REPLICA_IDENTITY_FULL,
                    Subject.named(full) + " has REPLICA IDENTITY FULL, and " + by
                            + " publishes it: the whole old row of each update is written to the WAL, and a subscriber without a"
                            + " suitable index searches its whole table for it",
                    "alter table " + full.get(0)
                            + " replica identity default, if the subscribers have the primary key"));
        }
        var rows = subject.leaves().stream()
                .mapToDouble(leaf -> Math.max(0, leaf.rows()))
                .sum();
        findings.add(
                Finding.of(
                        FindingCode.PUBLISHED,
                        by + " sends each changed row to its subscribers"
                                + (rows < 1 ? "" : ": up to about " + HumanText.number(Math.round(rows)) + " updates"),
                        "tell who runs them; a slot that lags retains WAL, and the throttle (slot-wal) then slows the job down"));
    }

    private List<String> identified(Identity identity) {
        return subject.leaves().stream()
                .filter(leaf -> leaf.identity() == identity)
                .map(RelationState::name)
                .toList();
    }

    private void slots() {
        var limit = subject.server().slotWalLimit();
        subject.server().slots().stream()
                .filter(slot -> !slot.active())
                .forEach(slot -> findings.add(inactive(slot, limit)));
    }

    private static Finding inactive(Slot slot, long limit) {
        return Finding.of(
                FindingCode.SLOT_INACTIVE,
                "nothing reads from the replication slot " + Identifier.of(slot.name()) + ", which "
                        + (slot.lost()
                                ? "has lost WAL that it needs"
                                : "retains " + Subject.bytes(slot.retained()) + " of WAL, and that of the job as well, "
                                        + (limit < 0
                                                ? "without a limit (max_slot_wal_keep_size)"
                                                : "up to " + Subject.bytes(limit) + " (max_slot_wal_keep_size)")),
                "let its reader run again; or, if nobody needs it: select pg_drop_replication_slot('"
                        + slot.name().replace("'", "''") + "')");
    }

    private void standbys() {
        var standbys = subject.server().standbys();
        standbys.stream()
                .filter(one -> one.lagSeconds() >= BEHIND_SECONDS || one.lagBytes() >= BEHIND_BYTES)
                .forEach(one -> findings.add(Finding.of(
                        FindingCode.STANDBY_BEHIND,
                        "the standby " + shown(one) + " is behind by " + Subject.bytes(one.lagBytes()) + " of WAL, "
                                + HumanText.elapsed(Duration.ofSeconds(Math.round(one.lagSeconds())))
                                + "; the throttle (replication-lag) slows the job down because of it",
                        "wait until it has caught up")));
        var names = subject.server().synchronous();
        if (names.isEmpty() || !subject.server().waitsForStandby()) {
            return;
        }
        if (standbys.stream().anyMatch(one -> one.sync() == null)) {
            findings.add(Finding.of(
                    FindingCode.SYNCHRONOUS_STANDBYS,
                    "synchronous_standby_names is '" + names
                            + "', and this role may not see which standbys are connected",
                    "grant pg_read_all_stats to it"));
            return;
        }
        var confirming = standbys.stream()
                .filter(one -> CONFIRMS.contains(one.sync()))
                .map(ReplicationFindings::shown)
                .toList();
        findings.add(
                confirming.isEmpty()
                        ? Finding.of(
                                FindingCode.COMMITS_WAIT,
                                "commits wait for a synchronous standby: synchronous_standby_names is '" + names
                                        + "', and no standby that confirms them is connected",
                                "start the standby, or change synchronous_standby_names")
                        : Finding.of(
                                FindingCode.SYNCHRONOUS_STANDBYS,
                                "commits wait for standbys: synchronous_standby_names is '" + names + "', confirmed by "
                                        + Subject.named(confirming)
                                        + "; if they are away, commands and the last batch of each shard wait"));
    }

    private static String shown(Standby standby) {
        return standby.name().isEmpty() ? "without a name" : standby.name();
    }
}

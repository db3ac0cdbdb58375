package dev.backfleet.coordinator.review;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.pin.state.RelationState;
import dev.backfleet.coordinator.pin.state.ServerState;
import dev.backfleet.coordinator.pin.state.ServerState.OpenTransaction;
import dev.backfleet.coordinator.pin.state.ServerState.RoleSetting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The server: what holds back vacuum, how far wraparound is, and settings. */
final class ServerFindings {
    /** Longer transactions are named. */
    static final Duration LONG = Duration.ofMinutes(10);

    private static final long HELD_BACK = 5_000_000;

    /** PostgreSQL stops 3 million transactions before 2^31; 200 million before, a job should not begin. */
    private static final long CLOSE = (1L << 31) - 200_000_000;

    /** Below that, a batch has hardly more time than its round trip. */
    private static final long SHORT_DEADLOCK_MILLIS = 200;

    private final Subject subject;
    private final ServerState server;
    private final List<Finding> findings = new ArrayList<>();

    private ServerFindings(Subject subject) {
        this.subject = subject;
        this.server = subject.server();
    }

    static List<Finding> of(Subject subject, Duration longest) {
        var all = new ServerFindings(subject);
        all.transactions(longest);
        all.wraparound();
        all.settings();
        all.deadlocks();
        return all.findings;
    }

    private void transactions(Duration longest) {
        server.transactions().stream()
                .filter(one -> one.seconds() >= longest.toSeconds())
                .forEach(one -> findings.add(lasting(one)));
        if (server.ages().held() > HELD_BACK) {
            var slots = server.slots().stream()
                    .filter(slot -> slot.xminAge() > HELD_BACK)
                    .map(slot -> "the slot " + slot.name())
                    .toList();
            findings.add(Finding.of(
                    FindingCode.VACUUM_HELD_BACK,
                    "vacuum has been held back for "
                            + HumanText.number(server.ages().held()) + " transactions"
                            + (slots.isEmpty() ? "" : " by " + Subject.named(slots)),
                    "see pg_stat_activity.backend_xmin, pg_replication_slots.xmin and pg_prepared_xacts"));
        }
        if (!server.monitor()) {
            findings.add(Finding.of(
                    FindingCode.SESSIONS_HIDDEN,
                    "this role does not see other roles' sessions: long transactions and synchronous standbys are not known",
                    "grant pg_read_all_stats to it"));
        }
    }

    private static Finding lasting(OpenTransaction one) {
        var since = " for " + HumanText.elapsed(Duration.ofSeconds(Math.round(one.seconds())));
        var role = one.role() == null ? "" : ", user " + one.role();
        if (one.prepared() != null) {
            var name = "'" + one.prepared().replace("'", "''") + "'";
            return Finding.of(
                    FindingCode.LONG_TRANSACTION,
                    "the prepared transaction " + name + role + " has been open" + since
                            + ": vacuum cannot remove the dead rows that the job leaves",
                    "commit prepared " + name + ", or rollback prepared");
        }
        return Finding.of(
                FindingCode.LONG_TRANSACTION,
                "the server process " + one.pid() + role
                        + (one.application() == null || one.application().isEmpty()
                                ? ""
                                : ", application " + one.application())
                        + (one.state() == null ? "" : ", " + one.state()) + " has had a transaction open" + since
                        + ": vacuum cannot remove the dead rows that the job leaves",
                "let it end before the job; or select pg_terminate_backend(" + one.pid() + ")");
    }

    // Each batch takes a transaction id, of the fewest rows that a batch may have as many as there are rows.
    private void wraparound() {
        var ages = server.ages();
        var rows = subject.leaves().stream()
                .mapToDouble(leaf -> Math.max(0, leaf.rows()))
                .sum();
        var batches = (long) Math.ceil(rows / subject.job().mostRowsOfBatch());
        var takes = ": the job takes at least " + HumanText.number(Math.max(1, batches)) + " more";
        var oldest = subject.leaves().stream()
                .mapToLong(RelationState::toFreeze)
                .max()
                .orElse(0);
        var age = "the database's oldest transaction is " + HumanText.number(ages.transactions())
                + " transactions old, its oldest multixact " + HumanText.number(ages.multixacts()) + ", this table's "
                + HumanText.number(oldest);
        var remedy =
                "end what holds back vacuum, then vacuum (freeze) the tables for which age(relfrozenxid) is largest";
        if (Math.max(ages.transactions() + batches, ages.multixacts()) > CLOSE) {
            findings.add(Finding.of(
                    FindingCode.WRAPAROUND_CLOSE,
                    age + "; PostgreSQL stops writes at about 2,144,000,000" + takes,
                    remedy));
        } else if (ages.transactions() > ages.freezeMax() || ages.multixacts() > ages.multixactFreezeMax()) {
            findings.add(Finding.of(
                    FindingCode.WRAPAROUND_NEAR,
                    age + "; autovacuum freezes from " + HumanText.number(ages.freezeMax()) + " transactions and "
                            + HumanText.number(ages.multixactFreezeMax()) + " multixacts on" + takes,
                    remedy));
        }
    }

    private void settings() {
        ours("default_transaction_read_only")
                .filter(setting -> Stream.of("on", "true", "yes", "1").anyMatch(setting.value()::equalsIgnoreCase))
                .forEach(setting -> findings.add(Finding.of(
                        FindingCode.DEFAULT_READ_ONLY,
                        "default_transaction_read_only is on for " + owner(setting) + ": no row can be changed",
                        (setting.role() == null ? "alter database … " : "alter role " + setting.role() + " ")
                                + "reset default_transaction_read_only")));
        var replaced = server.settings().stream()
                .filter(setting -> setting.ours()
                        && !setting.name().equals("default_transaction_read_only")
                        && !setting.name().equals("deadlock_timeout"))
                .map(setting -> setting.name() + " = " + setting.value() + " (of " + owner(setting) + ")")
                .distinct()
                .toList();
        if (!replaced.isEmpty()) {
            findings.add(Finding.of(
                    FindingCode.SESSION_SETTINGS,
                    "not used by Backfleet's sessions, which have their own values: " + Subject.named(replaced),
                    "qualify names of other schemas in expressions, whatever the search_path is"));
        }
    }

    // Batches give way before the server's deadlock_timeout; sessions with a shorter one would be the first to search.
    private void deadlocks() {
        server.settings().stream()
                .filter(setting -> setting.name().equals("deadlock_timeout"))
                .filter(setting -> millis(setting.value()) < server.deadlockMillis())
                .forEach(setting -> findings.add(Finding.of(
                        FindingCode.DEADLOCK_TIMEOUT,
                        "deadlock_timeout is " + setting.value() + " for " + owner(setting) + ", and "
                                + server.deadlockMillis()
                                + " ms for others: in a deadlock with a batch, its sessions may be ended instead of the batch",
                        (setting.role() == null ? "alter database … " : "alter role " + setting.role() + " ")
                                + "reset deadlock_timeout")));
        if (server.deadlockMillis() < SHORT_DEADLOCK_MILLIS) {
            findings.add(Finding.of(
                    FindingCode.DEADLOCK_TIMEOUT,
                    "the server's deadlock_timeout is " + server.deadlockMillis()
                            + " ms: a batch must end before, so it has hardly any time, and slow rows go to quarantine",
                    "set deadlock_timeout to 1s"));
        }
    }

    private Stream<RoleSetting> ours(String name) {
        return server.settings().stream()
                .filter(setting -> setting.ours() && setting.name().equals(name));
    }

    private static String owner(RoleSetting setting) {
        return setting.role() == null ? "the database" : "the role " + setting.role();
    }

    // As PostgreSQL reads it: milliseconds, unless there is a unit.
    private static long millis(String value) {
        var text = value.strip();
        var digits = text.replaceFirst("[^0-9.].*", "");
        if (digits.isEmpty()) {
            return Long.MAX_VALUE;
        }
        var factor =
                switch (text.substring(digits.length()).strip()) {
                    case "us" -> 0.001;
                    case "s" -> 1_000.0;
                    case "min" -> 60_000.0;
                    case "h" -> 3_600_000.0;
                    case "d" -> 86_400_000.0;
                    default -> 1.0;
                };
        return Math.round(Double.parseDouble(digits) * factor);
    }
}

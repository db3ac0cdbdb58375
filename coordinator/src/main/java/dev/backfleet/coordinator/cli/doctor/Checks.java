package dev.backfleet.coordinator.cli.doctor;

import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.kafka.setup.ClusterInspection;
import dev.backfleet.common.kafka.setup.KafkaFailureTranslator;
import dev.backfleet.common.kafka.setup.KafkaProbe;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.PoolerCheck;
import dev.backfleet.common.postgres.SchemaVersion;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.settings.typed.KafkaConnectionSettings;
import dev.backfleet.common.settings.typed.QueryUser;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.postgres.query.ServerFacts;
import dev.backfleet.coordinator.postgres.query.ServerFacts.Grant;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** All checks of a checkup, in the order in which they are printed. */
final class Checks {
    private static final Duration EACH = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(6);

    private final SettingsOptions options;
    private final Settings settings;
    private final Checkup checkup;

    private Checks(SettingsOptions options) {
        this.options = options;
        this.settings = options.settings();
        this.checkup = new Checkup(EACH, this::explained);
    }

    /** Begins all checks that the settings allow. */
    static Checkup of(SettingsOptions options) {
        var checks = new Checks(options);
        checks.checkup.begin("settings", "settings", () -> SettingsCheck.of(checks.settings));
        if (checks.settings.given(SettingCatalogue.DATABASE_URL).isPresent()) {
            checks.database();
        }
        if (checks.settings.given(SettingCatalogue.KAFKA_BOOTSTRAP_SERVERS).isPresent()
                || checks.settings.given(SettingCatalogue.KAFKA_PROPERTIES).isPresent()) {
            checks.checkup.begin("kafka", "Kafka", checks::kafka);
        }
        return checks.checkup;
    }

    private void database() {
        ask("database", "server", facts -> DatabaseCheck.server(where().url(), facts));
        ask("database", "connections", DatabaseCheck::connections);
        checkup.begin("database", "connection pooler", () -> {
            PoolerCheck.refuse(where());
            return List.of(CheckResult.ok("database", "no pooler shares the sessions of this connection"));
        });
        ask("database", "control schema", DatabaseCheck::schema);
        ask("database", "clock", facts -> DatabaseCheck.clock(facts, Clock.systemUTC()));
        checkup.begin("database", "role of throttle.sql", this::queryRole);
        checkup.begin("database", "coordinators and workers", () -> {
            try (var database = open()) {
                var facts = new ServerFacts(database);
                // Another check tells it if not.
                return facts.schema().orElse(false) && facts.version() == SchemaVersion.KNOWN
                        ? FleetCheck.of(new PostgresQueries(database))
                        : List.of();
            }
        });
    }

    private void ask(String area, String what, Function<ServerFacts, List<CheckResult>> question) {
        checkup.begin(area, what, () -> {
            try (var database = open()) {
                return question.apply(new ServerFacts(database));
            }
        });
    }

    private List<CheckResult> queryRole() {
        var user = QueryUser.from(settings);
        if (user.isPresent()) {
            try (var database = open(user.get().on(where()))) {
                return QueryRoleCheck.of(database);
            }
        }
        try (var database = open()) {
            var facts = new ServerFacts(database);
            // Another check tells it if not.
            return facts.schema().orElse(false) && facts.grants().stream().allMatch(Grant::readable)
                    ? QueryRoleCheck.none(database)
                    : List.of();
        }
    }

    private Database open() {
        return open(where());
    }

    // Not a pool: its failures do not tell why it could not connect.
    private static Database open(DatabaseSettings where) {
        return Database.single(where, new Database.Profile("backfleet-doctor", 1, List.of(), ANSWER), new Timelines());
    }

    private DatabaseSettings where() {
        return DatabaseSettings.from(settings);
    }

    private List<CheckResult> kafka() {
        var kafka = KafkaSettings.from(KafkaConnectionSettings.from(settings));
        var clients = new KafkaClients(kafka, "backfleet-doctor");
        new KafkaProbe(clients).check(ANSWER);
        return KafkaCheck.of(
                kafka.bootstrapServers(), new ClusterInspection(clients).run(EACH.minus(ANSWER)), clients.topics());
    }

    private Optional<ExplainedFailure> explained(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SettingsException) {
                return Optional.of(new ExplainedFailure(
                        ExplainedFailure.Kind.INVALID, String.valueOf(cause.getMessage()), null, failure));
            }
        }
        var known = failure instanceof RuntimeException runtime
                ? Session.explained(options, runtime)
                : Optional.<ExplainedFailure>empty();
        return known.or(() -> new KafkaFailureTranslator().translate(failure, Optional.of(settings)));
    }
}

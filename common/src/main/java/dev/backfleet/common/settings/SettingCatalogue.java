package dev.backfleet.common.settings;

import static dev.backfleet.common.settings.Part.COMMAND_LINE;
import static dev.backfleet.common.settings.Part.COORDINATOR;
import static dev.backfleet.common.settings.Part.WORKER;
import static dev.backfleet.common.settings.Setting.define;

import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.Thresholds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All settings. The reference page, the flags and every check are generated from these definitions. */
public final class SettingCatalogue {

    private static final Duration TENTH = Duration.ofMillis(100);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

    public static final Setting<DatabaseUrl> DATABASE_URL = define(
            "DATABASE_URL",
            SettingType.databaseUrl(),
            "The target database, as postgresql://user:password@host:port/database or jdbc:postgresql://host:port/database; required.");

    public static final Setting<String> DATABASE_USER = define(
            "DATABASE_USER",
            SettingType.text(),
            "The user to connect as; without it the one in the URL, else the operating system's user.");

    public static final Setting<String> DATABASE_PASSWORD = define(
                    "DATABASE_PASSWORD",
                    SettingType.text(),
                    "The user's password; prefer the file, since other users can see flags and variables.")
            .keptSecret();

    public static final Setting<Path> DATABASE_PASSWORD_FILE = define(
            "DATABASE_PASSWORD_FILE",
            SettingType.readableFile(),
            "A file that contains only the password; a line break at its end is ignored.");

    public static final Setting<String> KAFKA_BOOTSTRAP_SERVERS = define(
            "KAFKA_BOOTSTRAP_SERVERS",
            SettingType.servers(),
            "Bootstrap brokers, as host:port,host:port; required, unless the Kafka properties name them.");

    public static final Setting<Path> KAFKA_PROPERTIES = define(
            "KAFKA_PROPERTIES",
            SettingType.readableFile(),
            "A Kafka client properties file, for TLS, SASL and other client settings.");

    public static final Setting<String> TOPIC_PREFIX = define(
                    "TOPIC_PREFIX",
                    SettingType.matching(
                            "prefix",
                            "a prefix of 1 to 200 letters, digits, dots, dashes and underscores",
                            Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")),
                    "Prefix of the names of topics and groups: one prefix per fleet.")
            .withDefault("backfleet");

    public static final Setting<TaskQueueMode> TASK_QUEUE = define(
                    "TASK_QUEUE",
                    SettingType.oneOf(TaskQueueMode.class),
                    "How workers take tasks: share groups, consumer groups, or auto to use share groups where the"
                            + " cluster has them.")
            .withDefault("auto")
            .onlyFor(COORDINATOR, WORKER);

    public static final Setting<String> ACTOR = define(
                    "ACTOR",
                    SettingType.matching(
                            "name", "a name of 1 to 200 printable characters", Pattern.compile("[^\\p{Cntrl}]{1,200}")),
                    "Who runs the command, for the audit and the reason of a pause, if that is not the operating system's user:"
                            + " such as the person for whom a pipeline acts. It is stored as a claim.")
            .onlyFor(COMMAND_LINE);

    public static final Setting<Duration> START_TIMEOUT = define(
                    "START_TIMEOUT",
                    SettingType.duration(Duration.ZERO, TEN_MINUTES),
                    "How long a starting process waits for the control schema and the topics, which a coordinator creates.")
            .withDefault("60s");

    public static final Setting<LogFormat> LOG_FORMAT = define(
                    "LOG_FORMAT",
                    SettingType.oneOf(LogFormat.class),
                    "The format of log lines: for a person or for a machine.")
            .withDefault("plain")
            .onlyFor(COORDINATOR, WORKER);

    public static final Setting<LogLevel> LOG_LEVEL = define(
                    "LOG_LEVEL", SettingType.oneOf(LogLevel.class), "The lowest level that is logged.")
            .withDefault("info")
            .onlyFor(COORDINATOR, WORKER);

    public static final Setting<ListenAddress> MANAGEMENT_LISTEN = define(
                    "MANAGEMENT_LISTEN",
                    SettingType.listenAddress(),
                    "Where the process answers for health and metrics, without authentication; none: nowhere. Default:"
                            + " 127.0.0.1:9480 for a coordinator, 127.0.0.1:9481 for a worker, or a free port if that one"
                            + " is taken.")
            .onlyFor(COORDINATOR, WORKER);

    public static final Setting<String> WORKER_ID = define(
                    "WORKER_ID",
                    processId(),
                    "The worker's id, unique per worker; default: host, process id and a random part.")
            .onlyFor(WORKER);

    public static final Setting<Integer> WORKER_SLOTS = define(
                    "WORKER_SLOTS",
                    SettingType.wholeNumber(1, 256),
                    "How many shards the worker works on at once, each with a database connection.")
            .withDefault("4")
            .onlyFor(WORKER)
            .withShortFlag("--slots");

    public static final Setting<Duration> WORKER_SLICE = define(
                    "WORKER_SLICE",
                    SettingType.duration(TENTH, TEN_MINUTES),
                    "Time slice: how long a worker works on a shard before it yields it to waiting shards.")
            .withDefault("10s")
            .onlyFor(WORKER);

    public static final Setting<Duration> WORKER_DRAIN = define(
                    "WORKER_DRAIN",
                    SettingType.duration(TENTH, TEN_MINUTES),
                    "How long a stopping worker may take to finish its batches and return its shards.")
            .withDefault("20s")
            .onlyFor(WORKER);

    public static final Setting<Duration> SHARD_LEASE = define(
                    "SHARD_LEASE",
                    SettingType.duration(Duration.ofSeconds(2), TEN_MINUTES),
                    "The lease on a shard: how long a claim lasts without being renewed; then another worker may claim the shard.")
            .withDefault("5s")
            .onlyFor(WORKER);

    public static final Setting<Duration> CONTROL_SILENCE = define(
                    "CONTROL_SILENCE",
                    SettingType.duration(Duration.ofSeconds(1), TEN_MINUTES),
                    "How long the control topic may be unreachable before the worker stops changing rows.")
            .withDefault("10s")
            .onlyFor(WORKER);

    public static final Setting<Duration> COORDINATOR_SILENCE = define(
                    "COORDINATOR_SILENCE",
                    SettingType.duration(Duration.ofSeconds(4), TEN_MINUTES),
                    "How long the leading coordinator's heartbeat may be missing before the worker stops changing rows.")
            .withDefault("10s")
            .onlyFor(WORKER);

    public static final Setting<String> COORDINATOR_ID = define(
                    "COORDINATOR_ID",
                    processId(),
                    "The coordinator's id, unique per coordinator; default: host, process id and a random part.")
            .onlyFor(COORDINATOR);

    public static final Setting<Duration> COORDINATOR_LEASE = define(
                    "COORDINATOR_LEASE",
                    SettingType.duration(Duration.ofSeconds(1), TEN_MINUTES),
                    "The leader's lease: how long a coordinator leads without renewing it; then a standby takes over.")
            .withDefault("3s")
            .onlyFor(COORDINATOR);

    public static final Setting<Duration> COORDINATOR_TICK = define(
                    "COORDINATOR_TICK",
                    SettingType.duration(Duration.ofMillis(10), MINUTE),
                    "The pause between two rounds of the coordinator's duties.")
            .withDefault("200ms")
            .onlyFor(COORDINATOR);

    public static final Setting<Duration> REDISPATCH_AFTER = define(
                    "REDISPATCH_AFTER",
                    SettingType.duration(Duration.ofMillis(500), TEN_MINUTES),
                    "How long a published task may stay unclaimed before it is published again.")
            .withDefault("5s")
            .onlyFor(COORDINATOR);

    public static final Setting<Set<String>> THROTTLE_HTTP_HOSTS = define(
                    "THROTTLE_HTTP_HOSTS",
                    SettingType.hostNames(),
                    "Hosts that `throttle.http` of specs and `cutover.abort.http` of migrations may name, separated by commas; default: all but those with "
                            + "link-local or metadata addresses.")
            .onlyFor(COORDINATOR);

    public static final Setting<String> THROTTLE_DATABASE_USER = define(
                    "THROTTLE_DATABASE_USER",
                    SettingType.text(),
                    "The user as whom coordinators run `throttle.sql` and `throttle.probe` of specs, with no right but to read what they"
                            + " name (`backfleet grants SPEC --throttle ROLE`). Without it, they run as the coordinator's user.")
            .onlyFor(COMMAND_LINE, COORDINATOR);

    public static final Setting<Path> THROTTLE_DATABASE_PASSWORD_FILE = define(
                    "THROTTLE_DATABASE_PASSWORD_FILE",
                    SettingType.readableFile(),
                    "A file that contains only the password of BACKFLEET_THROTTLE_DATABASE_USER; it is read for each new connection.")
            .onlyFor(COMMAND_LINE, COORDINATOR);

    public static final Setting<Path> WEBHOOKS_FILE = define(
                    "WEBHOOKS_FILE",
                    SettingType.readableFile(),
                    "A YAML file with the webhooks that are told of events (docs/events.md); it is read again when it changes.")
            .onlyFor(COORDINATOR);

    /** The thresholds of each throttle signal, unless a spec overrides them. */
    public static final Map<Signal, Setting<Thresholds>> THROTTLE = throttle();

    private static final List<Setting<?>> BASIC = List.of(
            DATABASE_URL,
            DATABASE_USER,
            DATABASE_PASSWORD,
            DATABASE_PASSWORD_FILE,
            KAFKA_BOOTSTRAP_SERVERS,
            KAFKA_PROPERTIES,
            TOPIC_PREFIX,
            TASK_QUEUE,
            ACTOR,
            START_TIMEOUT,
            LOG_FORMAT,
            LOG_LEVEL,
            MANAGEMENT_LISTEN,
            HttpCatalogue.HTTP_LISTEN,
            HttpCatalogue.HTTP_BASE_PATH,
            HttpCatalogue.HTTP_AUTH,
            WORKER_ID,
            WORKER_SLOTS,
            WORKER_SLICE,
            WORKER_DRAIN,
            SHARD_LEASE,
            CONTROL_SILENCE,
            COORDINATOR_SILENCE,
            COORDINATOR_ID,
            COORDINATOR_LEASE,
            COORDINATOR_TICK,
            REDISPATCH_AFTER,
            THROTTLE_HTTP_HOSTS,
            THROTTLE_DATABASE_USER,
            THROTTLE_DATABASE_PASSWORD_FILE,
            WEBHOOKS_FILE);

    private static final List<Setting<?>> ALL = Stream.<Setting<?>>concat(
                    BASIC.stream(), Stream.of(Signal.values()).map(THROTTLE::get))
            .toList();

    private static final Map<String, Setting<?>> BY_NAME =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Setting::name, Function.identity()));

    private SettingCatalogue() {}

    /** Every setting, in the order of the reference page. */
    public static List<Setting<?>> all() {
        return ALL;
    }

    /** The settings that a part reads. */
    public static List<Setting<?>> of(Part part) {
        return ALL.stream().filter(setting -> setting.usedBy().contains(part)).toList();
    }

    /** The setting of that name. */
    public static Optional<Setting<?>> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    private static Map<Signal, Setting<Thresholds>> throttle() {
        var settings = new EnumMap<Signal, Setting<Thresholds>>(Signal.class);
        for (var signal : Signal.values()) {
            var setting = define(
                            "THROTTLE_" + signal.name(),
                            SettingType.thresholds(signal.measure()),
                            signal.sentence() + " Soft and hard threshold.")
                    .withDefault(signal.defaults())
                    .onlyFor(COORDINATOR);
            settings.put(signal, setting);
        }
        return Collections.unmodifiableMap(settings);
    }

    private static SettingType<String> processId() {
        return SettingType.matching(
                "name",
                "a name of 1 to 100 letters, digits, dots, dashes and underscores",
                Pattern.compile("[A-Za-z0-9._-]{1,100}"));
    }
}

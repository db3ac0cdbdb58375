package dev.backfleet.standalone.chaos;

import dev.backfleet.standalone.chaos.load.Operators;
import dev.backfleet.standalone.chaos.site.Clockwork;
import dev.backfleet.standalone.chaos.site.Crew;
import dev.backfleet.standalone.chaos.site.Failovers;
import dev.backfleet.standalone.chaos.site.Rest;
import dev.backfleet.standalone.chaos.site.Site;
import dev.backfleet.standalone.chaos.site.Sql;
import dev.backfleet.standalone.process.FleetProcess;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Random;

/** Does each kind of fault: injects it, lets it last, and takes it back, before it returns. */
final class Faults {
    private static final String FLEETS_SESSIONS =
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name like 'backfleet-%'";

    private final Site site;
    private final Crew crew;
    private final Operators operators;
    private final Clockwork clockwork;
    private final Failovers failovers;
    private final TransactionAges ages;

    Faults(Site site, Crew crew, Operators operators, Clockwork clockwork, Failovers failovers, TransactionAges ages) {
        this.site = site;
        this.crew = crew;
        this.operators = operators;
        this.clockwork = clockwork;
        this.failovers = failovers;
        this.ages = ages;
    }

    /** Whom the dice choose: what must not be hit by two faults at a time. */
    String target(Schedule.Entry entry) {
        var random = new Random(entry.dice());
        return switch (entry.fault().target()) {
            // The last one lives on, so that what grows with time can be seen.
            case "worker" ->
                Crew.worker(1 + random.nextInt(ChaosRun.WORKERS - (entry.fault() == Fault.KILL_WORKER ? 1 : 0)));
            case "coordinator" -> Crew.coordinator(1 + random.nextInt(ChaosRun.COORDINATORS));
            case "proxy" -> proxy(random);
            default -> entry.fault().target();
        };
    }

    private String proxy(Random random) {
        // One for each worker, one for the coordinators, and Kafka's two.
        var number = 1 + random.nextInt(ChaosRun.WORKERS + 3);
        if (number <= ChaosRun.WORKERS) {
            return Site.ofWorker(number);
        }
        return number == ChaosRun.WORKERS + 1 ? Site.COORDINATORS : Site.KAFKA.get(number - ChaosRun.WORKERS - 2);
    }

    /** Does it; whether it was done. */
    boolean inject(Schedule.Entry entry, String target) throws Exception {
        var random = new Random(entry.dice() + 1);
        var millis = entry.length().toMillis();
        switch (entry.fault()) {
            case KILL_WORKER, KILL_COORDINATOR -> kill(target);
            case FREEZE_WORKER, FREEZE_COORDINATOR -> freeze(crew.named(target), millis);
            case CRASH_POSTGRES -> crashPostgres(millis);
            case FREEZE_POSTGRES -> freezePostgres(millis);
            case FAIL_OVER -> failovers.failOver(millis);
            case KILL_BACK_END -> killBackEnd();
            case END_ALL_SESSIONS -> endSessions("");
            case KILL_BROKER -> killBroker(millis);
            case FREEZE_BROKER -> freezeBroker(millis);
            case HALF_OPEN -> halfOpen(target, millis);
            case DUPLICATE_TASKS -> operators.duplicateTasks(random);
            case PAUSE_JOB -> {
                return operators.pauseJob(millis);
            }
            case PAUSE_TENANT -> {
                return operators.pauseTenant(random, millis);
            }
            case CLOCK_JUMP -> {
                return clockwork.jump(random);
            }
            default -> toxic(entry.fault(), target, random, millis);
        }
        return true;
    }

    private void kill(String name) throws InterruptedException {
        var process = crew.named(name);
        // One that is just being started again would be an easy prey.
        while (!process.isAlive()) {
            Rest.millis(50);
            process = crew.named(name);
        }
        process.kill();
    }

    private static void freeze(FleetProcess process, long millis) throws InterruptedException {
        process.freeze();
        try {
            Rest.millis(millis);
        } finally {
            process.resume();
        }
    }

    private void crashPostgres(long millis) throws InterruptedException {
        site.postgres().stopImmediately();
        Rest.millis(millis);
        site.postgres().start();
    }

    // The server takes it for a crash of its memory, ends all sessions and recovers by itself.
    private void killBackEnd() throws SQLException, IOException, InterruptedException {
        try (var sql = new Sql(site.jdbcUrl())) {
            var pids = sql.texts(
                    "select pid from pg_stat_activity where application_name like 'backfleet-%' order by random() limit 1");
            if (!pids.isEmpty()) {
                signal("KILL", Long.parseLong(pids.get(0)));
            }
        }
    }

    private void endSessions(String more) throws SQLException {
        try (var sql = new Sql(site.jdbcUrl())) {
            sql.run(FLEETS_SESSIONS + more);
        }
    }

    private void killBroker(long millis) {
        site.kafka().kill();
        Rest.millis(millis);
        site.kafka().start();
    }

    // The server does not answer, and says nothing of it: no connection ends, and new ones are accepted by the system.
    private void freezePostgres(long millis) throws IOException, InterruptedException {
        var processes = site.postgres().pids();
        var freeze = ages.freeze();
        try {
            for (var pid : processes) {
                signal("STOP", pid);
            }
            Rest.millis(millis);
        } finally {
            for (var pid : processes) {
                signal("CONT", pid);
            }
            freeze.end();
        }
    }

    private void freezeBroker(long millis) throws IOException, InterruptedException {
        var pid = site.kafka().pid();
        signal("STOP", pid);
        try {
            Rest.millis(millis);
        } finally {
            signal("CONT", pid);
        }
    }

    // Its sessions end at the server, without notice to the client.
    private void halfOpen(String worker, long millis) throws SQLException, InterruptedException {
        var proxy = Site.ofWorker(Integer.parseInt(worker.substring(worker.indexOf('-') + 1)));
        site.proxies().add(proxy, "half-open", "timeout", "downstream", Map.of("timeout", 0));
        try {
            endSessions(" and application_name = 'backfleet-worker/" + worker + "'");
            Rest.millis(millis);
        } finally {
            site.proxies().remove(proxy, "half-open");
        }
    }

    private void toxic(Fault fault, String proxy, Random random, long millis) throws InterruptedException {
        var stream = random.nextBoolean() ? "upstream" : "downstream";
        switch (fault) {
            case LATENCY ->
                during(millis, proxy, "latency", stream, Map.of("latency", 20 + random.nextInt(300), "jitter", 20));
            case BANDWIDTH -> during(millis, proxy, "bandwidth", stream, Map.of("rate", 1 + random.nextInt(50)));
            case SLICES ->
                during(millis, proxy, "slicer", stream, Map.of("average_size", 64, "size_variation", 32, "delay", 500));
            case RESET -> during(20, proxy, "reset_peer", stream, Map.of("timeout", 0));
            case REQUEST_SWALLOWED -> during(millis, proxy, "timeout", "upstream", Map.of("timeout", 0));
            case REPLY_SWALLOWED -> during(millis, proxy, "timeout", "downstream", Map.of("timeout", 0));
            case CUT_SHORT -> during(millis, proxy, "limit_data", stream, Map.of("bytes", random.nextInt(3_000)));
            case SLOW_CLOSE -> during(millis, proxy, "slow_close", stream, Map.of("delay", 800));
            case REFUSED -> {
                site.proxies().enable(proxy, false);
                Rest.millis(millis);
                site.proxies().enable(proxy, true);
            }
            default -> throw new IllegalArgumentException(fault.name());
        }
    }

    private void during(long millis, String proxy, String type, String stream, Map<String, Integer> attributes)
            throws InterruptedException {
        site.proxies().add(proxy, type, type, stream, attributes);
        try {
            Rest.millis(millis);
        } finally {
            site.proxies().remove(proxy, type);
        }
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    }
}

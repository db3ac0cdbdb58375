package dev.backfleet.coordinator.migration.watch;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.ThrottleSpec;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.throttle.Sample;
import dev.backfleet.coordinator.throttle.SignalSource;
import dev.backfleet.coordinator.throttle.ThrottledJob;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the signals of cutovers with the throttle's own readers, and asks the last reconcile for drift. */
public final class ThrottleSignals implements CutoverSignals {
    private static final ThrottledJob.Pace NONE = new ThrottledJob.Pace(1, 0, 0, false, Optional.empty());
    private static final double NO_LIMIT = 1;

    private final SignalSource source;
    private final Tables tables;
    private final WatchLog log;
    private final Ticker ticker;
    private final Map<String, RollbackRate> rollbacks = new HashMap<>();

    /**
     * The reader.
     *
     * @param source the throttle's signals, read for nobody else
     */
    public ThrottleSignals(SignalSource source, Tables tables, WatchLog log, Ticker ticker) {
        this.source = source;
        this.tables = tables;
        this.log = log;
        this.ticker = ticker;
    }

    @Override
    public List<Sample> read(long job, String flag, AbortRules rules) {
        var wanted = wanted(rules);
        var samples = new ArrayList<>(source.server(wanted));
        samples.addAll(source.job(asked(job, rules), wanted));
        if (watches(rules, AbortRules.DRIFT)) {
            samples.add(drift(job, flag));
        }
        if (watches(rules, AbortRules.ROLLBACKS)) {
            // Each look at a query is rolled back.
            var own = rules.queries().size() + (watches(rules, Signal.PROBE_LATENCY.key()) ? 1 : 0);
            samples.add(rollbacks
                    .computeIfAbsent(flag, name -> new RollbackRate())
                    .next(ticker.now(), log.rollbacks(), own));
        }
        return samples;
    }

    private static boolean watches(AbortRules rules, String signal) {
        return rules.watched().stream().anyMatch(one -> one.signal().equals(signal));
    }

    private Sample drift(long job, String flag) {
        var rows = log.drift(job, flag);
        return rows.isPresent()
                ? new Sample(AbortRules.DRIFT, Measure.NUMBER, (double) rows.getAsLong(), null)
                : new Sample(AbortRules.DRIFT, Measure.NUMBER, null, "no reconcile has finished");
    }

    // A job is what the throttle's readers know: it has the table for the probe, and queries and addresses of its own.
    private ThrottledJob asked(long job, AbortRules rules) {
        var table = tables.of(job);
        var spec = new ThrottleSpec(
                Map.of(),
                rules.probe(),
                rules.queries().stream()
                        .map(query -> new ThrottleSpec.Custom(query.name(), query.sql(), NO_LIMIT, null))
                        .toList(),
                rules.http());
        return new ThrottledJob(job, table.definition(), table.relations(), spec, NONE);
    }

    private static Set<Signal> wanted(AbortRules rules) {
        var wanted = EnumSet.noneOf(Signal.class);
        for (var signal : Signal.values()) {
            if (watches(rules, signal.key())) {
                wanted.add(signal);
            }
        }
        return wanted;
    }

    /** The tables of jobs. */
    @FunctionalInterface
    public interface Tables {
        /**
         * The table of a job.
         *
         * @throws dev.backfleet.common.stored.UnreadableException if this release cannot read its definition
         */
        Table of(long job);
    }

    /** A job's definition, and the tables that hold its rows. */
    public record Table(JobDefinition definition, List<JobDefinition.Table> relations) {
        public Table {
            relations = List.copyOf(relations);
        }
    }
}

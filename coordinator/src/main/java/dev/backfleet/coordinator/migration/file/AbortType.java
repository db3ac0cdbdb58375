package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.spec.key.SpecAddressesType;
import dev.backfleet.common.spec.key.SpecField;
import dev.backfleet.common.spec.key.SpecKey;
import dev.backfleet.common.spec.key.SpecKey.Absence;
import dev.backfleet.common.spec.key.SpecQueryType;
import dev.backfleet.common.spec.key.SpecScalarType;
import dev.backfleet.common.spec.key.SpecType;
import dev.backfleet.common.spec.key.SpecValues;
import dev.backfleet.common.spec.parse.UnknownKeys;
import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.coordinator.migration.AbortLimits;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.migration.AbortRules.Query;
import dev.backfleet.coordinator.migration.AbortRules.Watched;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the file says of the signals that speak against a cutover. */
record AbortType() implements SpecType<AbortRules> {
    static final SpecKey<AbortLimits> ROLLBACK_RATIO = signal(
            Signal.ROLLBACK_RATIO,
            "Transactions of the database that are rolled back, in percent of those that are committed. A baseline below 1% counts as 1%.",
            "1.5x/3x");

    static final SpecKey<AbortLimits> APPLICATION_LATENCY = signal(
            Signal.APPLICATION_LATENCY,
            "Mean duration of the application's statements, by pg_stat_statements. A baseline below 1ms counts as 1ms.",
            "1.3x/2x");

    static final SpecKey<AbortLimits> PROBE_LATENCY =
            signal(Signal.PROBE_LATENCY, "How long `probe` takes. A baseline below 1ms counts as 1ms.", "2x/500ms");

    static final SpecKey<String> PROBE = new SpecKey<>(
            "probe",
            new SpecQueryType(),
            Absence.means("one row of the table, by key"),
            "The query whose time is the signal `probe-latency`: a read in the new shape.",
            "\"select first_name from public.customers where tenant_id = 7 limit 1\"");

    static final SpecKey<AbortLimits> ROLLBACKS = new SpecKey<>(
            AbortRules.ROLLBACKS,
            limits(Measure.NUMBER),
            Absence.means("not watched; `2x/5x` by `contract --rename --watch`"),
            "Transactions of the database that are rolled back, per second. Fewer than one in five seconds count as that many.",
            "2x/5x");

    static final SpecKey<AbortLimits> DRIFT = new SpecKey<>(
            AbortRules.DRIFT,
            limits(Measure.NUMBER),
            Absence.means("not watched"),
            "Rows of tenants that are not held back which the last reconcile has found wrong.",
            "0/1");

    static final SpecKey<List<AbortQueriesType.Own>> SQL = new SpecKey<>(
            "sql",
            new AbortQueriesType(),
            Absence.means("none"),
            "Signals of its own: queries that return a number, with thresholds.",
            "[{ name: failed-orders, query: \"select count(*) from public.failures\", soft: 10, hard: 100 }]");

    static final SpecKey<List<String>> HTTP = new SpecKey<>(
            "http",
            new SpecAddressesType(),
            Absence.means("none"),
            "Addresses that answer 200 while all is well; any other answer is at the hard threshold.",
            "[\"https://app.example/healthy\"]");

    private static final Map<Signal, SpecKey<AbortLimits>> SIGNALS = Map.of(
            Signal.ROLLBACK_RATIO, ROLLBACK_RATIO,
            Signal.APPLICATION_LATENCY, APPLICATION_LATENCY,
            Signal.PROBE_LATENCY, PROBE_LATENCY);

    static final List<SpecKey<?>> ALL =
            List.of(ROLLBACK_RATIO, ROLLBACKS, APPLICATION_LATENCY, PROBE_LATENCY, PROBE, DRIFT, SQL, HTTP);

    @Override
    public String description() {
        return "group of signals with `SOFT/HARD`: [below](#signals-of-cutoverabort)";
    }

    @Override
    public String check() {
        return "";
    }

    @Override
    public AbortRules read(SpecField field) {
        new UnknownKeys(field.at(), ALL).refuse(field.path(), field.group());
        var values = SpecValues.of(field);
        var watched = new ArrayList<Watched>();
        for (var signal : List.of(Signal.ROLLBACK_RATIO, Signal.APPLICATION_LATENCY, Signal.PROBE_LATENCY)) {
            values.find(Objects.requireNonNull(SIGNALS.get(signal), "the key of a signal"))
                    .ifPresent(limits -> watched.add(Watched.of(signal, limits)));
        }
        values.find(ROLLBACKS)
                .ifPresent(limits -> watched.add(new Watched(AbortRules.ROLLBACKS, Measure.NUMBER, limits)));
        values.find(DRIFT).ifPresent(limits -> watched.add(new Watched(AbortRules.DRIFT, Measure.NUMBER, limits)));
        var probe = values.find(PROBE).orElse(null);
        if (probe != null && values.find(PROBE_LATENCY).isEmpty()) {
            throw field.problem(
                    "has a probe, and no thresholds for its time",
                    "write probe-latency: 2x/500ms beside it, or remove probe");
        }
        var own = values.find(SQL).orElse(List.of());
        own.forEach(query -> watched.add(new Watched(query.name(), Measure.NUMBER, query.limits())));
        var http = values.find(HTTP).orElse(List.of());
        http.forEach(address -> watched.add(new Watched(address, Measure.NUMBER, AbortRules.AN_ANSWER)));
        return new AbortRules(
                watched,
                probe,
                own.stream().map(query -> new Query(query.name(), query.sql())).toList(),
                http);
    }

    private static SpecKey<AbortLimits> signal(Signal signal, String sentence, String example) {
        return new SpecKey<>(signal.key(), limits(signal.measure()), Absence.means("not watched"), sentence, example);
    }

    private static SpecScalarType<AbortLimits> limits(Measure measure) {
        return new SpecScalarType<>(
                "`SOFT/HARD` or `SOFT/none`",
                "each like " + measure.examples() + ", or `1.5x`: a multiple of the baseline",
                text -> AbortLimits.parse(text, measure));
    }
}

package dev.backfleet.common.spec.key;

import dev.backfleet.common.spec.key.SpecKey.Absence;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.Thresholds;
import dev.backfleet.common.throttle.ThrottleSpec;
import dev.backfleet.common.throttle.ThrottleSpec.Custom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The keys of the group {@code throttle}: one for each signal, and those for a job's own signals. */
public final class ThrottleKeys {
    static final String GROUP = "throttle";

    static final SpecKey<String> PROBE = new SpecKey<>(
            GROUP + ".probe",
            new SpecQueryType(),
            Absence.means("one row of the table, by key"),
            "The query whose time is the signal `probe-latency`.",
            "\"select 1 from public.orders where id = 1\"");

    static final SpecKey<List<Custom>> SQL = new SpecKey<>(
            GROUP + ".sql",
            new SpecSqlSignalsType(),
            Absence.means("none"),
            "Custom signals: queries that return a number, with thresholds.",
            "[{ name: queue, query: \"select count(*) from public.jobs\", soft: 100, hard: 1000 }]");

    static final SpecKey<List<String>> HTTP = new SpecKey<>(
            GROUP + ".http",
            new SpecAddressesType(),
            Absence.means("none"),
            "Addresses that answer 200 while the job may run; any other answer stops it.",
            "[\"https://app.example/healthy\"]");

    private static final Map<Signal, SpecKey<String>> SIGNALS = Stream.of(Signal.values())
            .collect(Collectors.toMap(Function.identity(), ThrottleKeys::key, (a, b) -> a, LinkedHashMap::new));

    private ThrottleKeys() {}

    static List<SpecKey<?>> all() {
        var all = new ArrayList<SpecKey<?>>(SIGNALS.values());
        all.addAll(List.of(PROBE, SQL, HTTP));
        return all;
    }

    public static ThrottleSpec read(SpecValues values) {
        var thresholds = new LinkedHashMap<String, String>();
        SIGNALS.forEach((signal, key) -> values.find(key).ifPresent(text -> thresholds.put(signal.key(), text)));
        return new ThrottleSpec(
                thresholds,
                values.find(PROBE)
                        .filter(text -> !text.equals(SpecScalarType.NONE))
                        .orElse(null),
                values.find(SQL).orElse(List.of()),
                values.find(HTTP).orElse(List.of()));
    }

    private static SpecKey<String> key(Signal signal) {
        var type = new SpecScalarType<>(
                "`SOFT/HARD`, `SOFT/none` or `none`",
                "each like " + signal.measure().examples(),
                text -> {
                    Thresholds.parse(text, signal.measure());
                    return text;
                });
        var setting = "BACKFLEET_THROTTLE_" + signal.name();
        return new SpecKey<>(
                GROUP + "." + signal.key(),
                type,
                Absence.means("`" + setting + "`: `" + signal.defaults() + "`"),
                signal.sentence(),
                signal.defaults());
    }
}

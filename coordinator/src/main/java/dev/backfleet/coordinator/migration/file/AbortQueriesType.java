package dev.backfleet.coordinator.migration.file;

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
import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.Shown;
import dev.backfleet.coordinator.migration.AbortLimits;
import dev.backfleet.coordinator.migration.AbortLimits.Limit;
import dev.backfleet.coordinator.migration.AbortRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A list of queries that return a number, each with thresholds. */
record AbortQueriesType() implements SpecType<List<AbortQueriesType.Own>> {
    private static final Pattern NAMES = Pattern.compile("[a-z0-9][a-z0-9._-]{0,39}");
    private static final String LIKE = "write numbers, or multiples of the baseline like 1.5x";

    private static final SpecKey<String> NAME = new SpecKey<>(
            "name",
            new SpecScalarType<>("name", "", AbortQueriesType::name),
            Absence.REFUSED,
            "Its name.",
            "failed-orders");

    private static final SpecKey<String> QUERY = new SpecKey<>(
            "query", new SpecQueryType(), Absence.REFUSED, "The query.", "\"select count(*) from public.failures\"");

    private static final SpecKey<Limit> SOFT =
            new SpecKey<>("soft", limit(), Absence.REFUSED, "Above it no step is taken.", "10");

    private static final SpecKey<Limit> HARD =
            new SpecKey<>("hard", limit(), Absence.means("never"), "From it on reads are taken back.", "100");

    private static final List<SpecKey<?>> ALL = List.of(NAME, QUERY, SOFT, HARD);

    @Override
    public String description() {
        return "list of `{ name, query, soft, hard }`";
    }

    @Override
    public String check() {
        return "each query is one SELECT of one number; thresholds are numbers, or like `1.5x`; `hard` may be left out; names are unique";
    }

    @Override
    public List<Own> read(SpecField field) {
        var all = new ArrayList<Own>();
        var names = new HashSet<>(Stream.of(Signal.values()).map(Signal::key).toList());
        names.addAll(List.of(AbortRules.DRIFT, AbortRules.ROLLBACKS));
        for (var item : field.items()) {
            new UnknownKeys(item.at(), ALL).refuse(item.path(), item.group());
            var values = SpecValues.of(item);
            var name = values.get(NAME);
            if (!names.add(name)) {
                throw item.problem(
                        "has the name " + name + " twice, or it is that of another signal",
                        "give each signal its own name");
            }
            all.add(new Own(name, values.get(QUERY), limits(item, values)));
        }
        return List.copyOf(all);
    }

    private static AbortLimits limits(SpecField item, SpecValues values) {
        try {
            return AbortLimits.of(values.get(SOFT), values.find(HARD).orElse(null), LIKE);
        } catch (BadTextException bad) {
            throw item.problem("has thresholds out of order: " + bad.what(), bad.remedy());
        }
    }

    private static SpecScalarType<Limit> limit() {
        return new SpecScalarType<>("number", "", text -> Limit.parse(text, Measure.NUMBER));
    }

    private static String name(String text) {
        if (!NAMES.matcher(text).matches()) {
            throw new BadTextException(
                    Shown.text(text) + " is not a name for a signal",
                    "use 1 to 40 lower-case letters, digits, \".\", \"_\" and \"-\"");
        }
        return text;
    }

    /** A query of the file. */
    record Own(String name, String sql, AbortLimits limits) {}
}

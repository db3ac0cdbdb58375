package dev.backfleet.common.spec.key;

import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.ThrottleSpec.Custom;
import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.Shown;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A key whose value is a list of queries. Each query returns a number, which is compared with thresholds of its own.
 */
record SpecSqlSignalsType() implements SpecType<List<Custom>> {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,39}");
    private static final Set<String> KEYS = Set.of("name", "query", "soft", "hard");

    @Override
    public String description() {
        return "list of `{ name, query, soft, hard }`";
    }

    @Override
    public String check() {
        return "each query is one SELECT of one number; `hard` may be left out; names are unique";
    }

    @Override
    public List<Custom> read(SpecField field) {
        if (field.isNone()) {
            return List.of();
        }
        var signals = new ArrayList<Custom>();
        var names = new HashSet<>(Stream.of(Signal.values()).map(Signal::key).toList());
        for (var item : field.items()) {
            var signal = signal(item);
            if (!names.add(signal.name())) {
                throw item.problem("has the name " + signal.name() + " twice", "give each signal its own name");
            }
            signals.add(signal);
        }
        return List.copyOf(signals);
    }

    private static Custom signal(SpecField item) {
        var entries = item.group().entries();
        entries.forEach((key, node) -> {
            if (!KEYS.contains(key)) {
                throw item.problem("has the unknown key " + Shown.text(key), "known here: name, query, soft, hard");
            }
        });
        var soft = required(item, entries, "soft").read(Measure.NUMBER::parse);
        var hard = entry(item, entries, "hard").map(field -> field.read(Measure.NUMBER::parse));
        if (soft <= 0 || hard.filter(limit -> limit < soft).isPresent()) {
            throw item.problem(
                    "has thresholds out of order", "write a soft one above zero, and a hard one not below it");
        }
        return new Custom(
                required(item, entries, "name").read(SpecSqlSignalsType::name),
                required(item, entries, "query").readSql(SpecSqlSignalsType::query),
                soft,
                hard.orElse(null));
    }

    /** Checked in the form in which it is used: a subselect in parentheses. */
    static String query(String text) {
        SqlExpression.parse("(" + text + "\n)");
        return text;
    }

    private static String name(String text) {
        if (!NAME.matcher(text).matches()) {
            throw new BadTextException(
                    Shown.text(text) + " is not a name for a signal",
                    "use 1 to 40 lower-case letters, digits, \".\", \"_\" and \"-\"");
        }
        return text;
    }

    private static SpecField required(SpecField item, Map<String, SpecNode> entries, String key) {
        return entry(item, entries, key).orElseThrow(() -> item.problem("has no " + key, "write " + item.written()));
    }

    private static Optional<SpecField> entry(SpecField item, Map<String, SpecNode> entries, String key) {
        return Optional.ofNullable(entries.get(key))
                .map(node -> new SpecField(item.path(), node, item.written(), false, item.at()));
    }
}

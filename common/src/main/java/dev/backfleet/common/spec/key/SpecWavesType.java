package dev.backfleet.common.spec.key;

import dev.backfleet.common.job.Rollout.Wave;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A key whose value is a list of waves; each is certain tenants or a share of the remaining ones.
 *
 * @param word what the file calls one of them
 * @param members what is divided among them
 */
public record SpecWavesType(String word, String members) implements SpecType<List<Wave>> {
    /** The waves of a job, which divide its rows. */
    public static final SpecWavesType WAVES = new SpecWavesType("wave", "rows");

    /** The steps in which reads are switched, which divide tenants. */
    public static final SpecWavesType STEPS = new SpecWavesType("step", "tenants");

    private static final String TENANTS = "tenants";
    private static final String PERCENT = "percent";
    private static final SpecScalarType<Integer> SHARE =
            SpecScalarType.whole("whole number of percent", 1, 100, Math::toIntExact);

    @Override
    public String description() {
        return "list of " + word + "s: `{ tenants: [...] }`, `{ percent: N }` or only `N`";
    }

    @Override
    public String check() {
        return "each tenant once; percent grows from " + word + " to " + word + "; the last one is `100`";
    }

    @Override
    public List<Wave> read(SpecField field) {
        var waves = new ArrayList<Wave>();
        var named = new HashSet<String>();
        var share = 0;
        for (var item : field.items()) {
            var wave = wave(item);
            refuseTwice(item, wave, named);
            if (wave.percent() > 0 && wave.percent() <= share) {
                throw item.problem(
                        "has a " + word + " that ends at " + wave.percent() + " percent, where one before it ends at "
                                + share,
                        "let the numbers grow: each is the share that is done after its " + word);
            }
            share = Math.max(share, wave.percent());
            waves.add(wave);
        }
        if (waves.get(waves.size() - 1).percent() != 100) {
            throw field.problem("leaves " + members + " that are in no " + word, "let the last " + word + " be 100");
        }
        return waves;
    }

    private Wave wave(SpecField item) {
        if (item.node() instanceof SpecNode.Scalar) {
            return new Wave(List.of(), SHARE.read(item));
        }
        var entries = item.group().entries();
        if (entries.size() != 1) {
            throw item.problem(
                    "has a " + word + " that is not one of tenants and percent", "write it like " + item.written());
        }
        var key = entries.keySet().iterator().next();
        var value = new SpecField(
                item.path() + "." + key, entries.values().iterator().next(), item.written(), false, item.at());
        if (key.equals(TENANTS)) {
            return new Wave(
                    value.items().stream()
                            .map(tenant -> tenant.read(text -> text))
                            .toList(),
                    0);
        }
        if (key.equals(PERCENT)) {
            return new Wave(List.of(), SHARE.read(value));
        }
        throw value.problem("is not a known key", "known here: " + TENANTS + ", " + PERCENT);
    }

    private static void refuseTwice(SpecField item, Wave wave, Set<String> named) {
        for (var tenant : wave.tenants()) {
            if (!named.add(tenant)) {
                throw item.problem("names the tenant " + tenant + " twice", "remove one of them");
            }
        }
    }
}

package dev.backfleet.coordinator.operation;

import dev.backfleet.common.job.ErrorBudget;
import dev.backfleet.common.job.Priority;
import dev.backfleet.common.job.TimeWindow;
import dev.backfleet.common.unit.HumanDuration;
import dev.backfleet.common.unit.HumanSize;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.operation.ChangeSettings.Change;
import dev.backfleet.coordinator.operation.ChangeSettings.Wanted;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a job that can be changed while it runs.
 *
 * @param rate rows per second; null: no limit
 * @param walRate bytes of WAL per second; null: no limit
 * @param window when it may run; null: always
 * @param deadline by when it is to be done; null: it has none
 */
public record JobSettings(
        @Nullable Long rate,
        @Nullable Long walRate,
        int concurrency,
        Duration batchDuration,
        Duration rowTimeout,
        Priority priority,
        ErrorBudget errorBudget,
        @Nullable TimeWindow window,
        @Nullable Instant deadline) {

    /** The settings after a change. */
    public JobSettings with(Wanted wanted) {
        return new JobSettings(
                limit(wanted.rate(), rate),
                limit(wanted.walRate(), walRate),
                wanted.concurrency().orElse(concurrency),
                wanted.batchDuration().orElse(batchDuration),
                wanted.rowTimeout().orElse(rowTimeout),
                wanted.priority().orElse(priority),
                new ErrorBudget(
                        wanted.budgetRows().orElse(errorBudget.rows()),
                        wanted.budgetRatio().orElse(errorBudget.ratio())),
                wanted.window().isPresent() ? wanted.window().get().orElse(null) : window,
                wanted.deadline().isPresent() ? wanted.deadline().get().orElse(null) : deadline);
    }

    /** The settings that are different in {@code other}, by the names of the options that set them. */
    public List<Change> changesTo(JobSettings other) {
        var before = words();
        return other.words().entrySet().stream()
                .map(now -> new Change(now.getKey(), String.valueOf(before.get(now.getKey())), now.getValue()))
                .filter(change -> !change.before().equals(change.now()))
                .toList();
    }

    /** The settings as they are written, by the names of the options that set them, in the order of the help. */
    public Map<String, String> words() {
        var words = new LinkedHashMap<String, String>();
        words.put("rate", number(rate));
        words.put("wal-rate", size(walRate));
        words.put("concurrency", String.valueOf(concurrency));
        words.put("batch-duration", HumanDuration.format(batchDuration));
        words.put("row-timeout", HumanDuration.format(rowTimeout));
        words.put("priority", word(priority));
        words.put("error-budget-rows", String.valueOf(errorBudget.rows()));
        words.put("error-budget-ratio", errorBudget.percent());
        words.put("window", window == null ? "none" : window.words());
        words.put("deadline", deadline == null ? "none" : HumanTime.moment(deadline));
        return Collections.unmodifiableMap(words);
    }

    private static @Nullable Long limit(Optional<OptionalLong> wanted, @Nullable Long stored) {
        if (wanted.isEmpty()) {
            return stored;
        }
        var limit = wanted.get();
        return limit.isPresent() ? limit.getAsLong() : null;
    }

    private static String number(@Nullable Long limit) {
        return limit == null ? "none" : String.valueOf(limit);
    }

    private static String size(@Nullable Long limit) {
        return limit == null ? "none" : HumanSize.format(limit);
    }

    private static String word(Priority priority) {
        return priority.name().toLowerCase(Locale.ROOT);
    }
}

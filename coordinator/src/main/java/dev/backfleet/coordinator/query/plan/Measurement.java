package dev.backfleet.coordinator.query.plan;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.forecast.Forecast;
import dev.backfleet.coordinator.forecast.Measured;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What batches took that were run and rolled back, and what the job will probably take.
 *
 * @param measured what the batches took; null if none was run, or too few succeeded
 * @param forecast what follows for the whole job; null as well then
 * @param note why nothing was measured; null if it was
 * @param findings what follows from it: that most batches were rejected, or that the deadline would be missed. They are among the
 *     findings of the report
 */
public record Measurement(
        @Nullable Measured measured,
        @Nullable Forecast forecast,
        @Nullable String note,
        @JsonIgnore List<Finding> findings) {
    public Measurement {
        findings = List.copyOf(findings);
    }

    /** The same with another finding. */
    Measurement with(Finding finding) {
        return new Measurement(
                measured,
                forecast,
                note,
                Stream.concat(findings.stream(), Stream.of(finding)).toList());
    }

    static Measurement without(String note) {
        return new Measurement(null, null, note, List.of());
    }
}

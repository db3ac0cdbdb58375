package dev.backfleet.coordinator.review;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.forecast.Forecast;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Rules about the deadline of a spec. */
public final class DeadlineFindings {
    private DeadlineFindings() {}

    /** That it has passed. */
    public static Optional<Finding> passed(Optional<Instant> deadline, Instant now) {
        return deadline.filter(moment -> !now.isBefore(moment))
                .map(moment -> Finding.of(
                        FindingCode.DEADLINE_PASSED,
                        "the deadline has passed: " + HumanTime.ago(moment, now),
                        "write a later one, or none"));
    }

    /** That the job would miss it, even if it took no longer than the forecast's shortest duration and began now. */
    public static Optional<Finding> missed(Optional<Instant> deadline, Instant now, Forecast forecast) {
        var limited = forecast.limited();
        var shortest = (limited == null ? forecast.fullSpeed() : limited).shortest();
        return deadline.filter(now::isBefore)
                .filter(moment -> now.plus(shortest).isAfter(moment))
                .map(moment -> Finding.of(
                        FindingCode.DEADLINE_MISSED,
                        "the job would miss its deadline " + HumanTime.moment(moment) + " by at least "
                                + HumanText.elapsed(Duration.between(moment, now.plus(shortest))),
                        limited == null
                                ? "write a later one, or begin with more workers"
                                : "write a later one, or a higher limit"));
    }
}

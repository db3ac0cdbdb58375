package dev.backfleet.coordinator.console;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.query.quarantine.QuarantinePage;
import java.util.List;

/**
 * The rows of a job in quarantine, by their reasons.
 *
 * @param rows how many there are, in words
 * @param reasons the most frequent ones
 */
public record QuarantineView(String rows, List<Reason> reasons) {

    /** A reason, with how many rows it has. */
    public record Reason(String rows, String code, String message) {}

    static QuarantineView of(QuarantinePage page) {
        return new QuarantineView(
                HumanText.number(page.quarantined()) + (page.quarantined() == 1 ? " row" : " rows"),
                page.reasons().stream()
                        .map(reason -> new Reason(HumanText.number(reason.rows()), reason.sqlState(), reason.message()))
                        .toList());
    }
}

package dev.backfleet.coordinator.operation;

import dev.backfleet.coordinator.finding.Finding;
import java.util.List;
import java.util.stream.Collectors;

/** A submission is refused because of findings of severity error; nothing was stored. */
public final class FindingsRefused extends OperationRefused {
    private static final long serialVersionUID = 1L;

    private FindingsRefused(List<Finding> errors) {
        super(
                Code.RISKY,
                errors.stream().map(Finding::line).collect(Collectors.joining("; and ")) + ";",
                "if that is meant nevertheless, --force; 'backfleet plan SPEC' has all findings");
    }

    /**
     * Checks that none of some findings refuses a submission.
     *
     * @throws FindingsRefused that names each that does
     */
    static void check(List<Finding> findings) {
        var errors = findings.stream().filter(Finding::refuses).toList();
        if (!errors.isEmpty()) {
            throw new FindingsRefused(errors);
        }
    }
}

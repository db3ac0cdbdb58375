package dev.backfleet.common.job;

import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.Shown;
import java.math.BigDecimal;
import java.util.regex.Pattern;

/**
 * How many rows a job may have in quarantine before it halts.
 *
 * @param rows the most rows in quarantine
 * @param ratio the largest share of the rows scanned, from 0 to 1; checked from the 101st quarantined row on
 */
public record ErrorBudget(long rows, double ratio) {
    private static final String REMEDY = "write a share from 0% to 100%, such as 0.1%";
    private static final Pattern PERCENT = Pattern.compile("[0-9]{1,3}([.][0-9]{1,9})?%");

    // The share of so few rows says nothing.
    private static final int FEW = 100;

    /** The budget of a job whose spec has none. */
    public static final ErrorBudget DEFAULT = new ErrorBudget(1_000, 0.001);

    public ErrorBudget {
        if (rows < 0 || !(ratio >= 0 && ratio <= 1)) {
            throw new IllegalArgumentException("not an error budget: " + rows + ", " + ratio);
        }
    }

    /**
     * Parses a share such as {@code 0.1%}.
     *
     * @throws BadTextException if it is no share from 0% to 100%
     */
    public static double ratio(String percent) {
        if (!PERCENT.matcher(percent).matches()) {
            throw new BadTextException(Shown.text(percent) + " is not a percentage", REMEDY);
        }
        var share = new BigDecimal(percent.substring(0, percent.length() - 1))
                .movePointLeft(2)
                .doubleValue();
        if (share > 1) {
            throw new BadTextException(percent + " is out of range", REMEDY);
        }
        return share;
    }

    /**
     * Whether the next rejected row would halt the job, as {@code backfleet.budget_spent} decides it.
     *
     * @param quarantined how many rows are in quarantine
     * @param walked how many rows were scanned
     */
    public boolean isSpent(long quarantined, long walked) {
        var next = quarantined + 1;
        return next > rows || (next > FEW && next > ratio * (walked + 1));
    }

    /**
     * How much of the budget is used: 1 if one more rejected row would halt the job.
     *
     * @param quarantined how many rows are in quarantine
     * @param walked how many rows were scanned
     */
    public double used(long quarantined, long walked) {
        var byRows = share(quarantined, rows);
        return quarantined < FEW ? byRows : Math.max(byRows, share(quarantined, (long) (ratio * walked)));
    }

    private static double share(long part, long whole) {
        return part == 0 ? 0 : part / (double) Math.max(1, whole);
    }

    /** The share as a person writes it: {@code 0.1%}. */
    public String percent() {
        return ratio == 0
                ? "0%"
                : BigDecimal.valueOf(ratio)
                                .movePointRight(2)
                                .stripTrailingZeros()
                                .toPlainString()
                        + "%";
    }
}

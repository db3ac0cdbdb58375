package dev.backfleet.coordinator.finding;

/** Which findings last longer than the command that finds them, and which are only looked for by some commands. */
public final class FindingScope {
    private FindingScope() {}

    /** Whether findings of this kind are stored with the job, and shown in its status: those that were forced, and some warnings. */
    public static boolean isKept(FindingCode code) {
        return code.severity() == FindingSeverity.ERROR
                || switch (code) {
                    case ROW_SECURITY,
                            TENANT_WITHOUT_INDEX,
                            TRIGGERS_SUPPRESSED,
                            TRIGGER_DOES_NOT_FIRE,
                            TRIGGER_NOT_SUPPRESSED,
                            TRIGGER_MAY_KEEP_ROWS,
                            FIRST_ROW_REJECTED,
                            WAVES_NOT_COMPARED,
                            PRIVILEGE_MISSING -> true;
                    default -> false;
                };
    }

    /** Whether only a plan looks for it, since rows are read for it, or changed and rolled back; or since it is true of each job. */
    static boolean isOfPlan(FindingCode code) {
        return switch (code) {
            case TRIAL_BATCHES_REJECTED, MANY_TRIAL_BATCHES_REJECTED, DEADLINE_MISSED, DISK_NOT_KNOWN -> true;
            default -> false;
        };
    }
}

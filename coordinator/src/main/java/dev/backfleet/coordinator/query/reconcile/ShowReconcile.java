package dev.backfleet.coordinator.query.reconcile;

import java.util.List;
import java.util.Optional;

/** The last verdict on a job, with its tenants and some of the wrong rows. */
public final class ShowReconcile {
    /** The most tenants, and the most keys, of a report. */
    public static final int MOST = 100;

    private final AskGate gate;
    private final Details details;

    public ShowReconcile(AskGate gate, Details details) {
        this.gate = gate;
        this.details = details;
    }

    /**
     * The report.
     *
     * @param job its id or name
     * @throws dev.backfleet.coordinator.operation.OperationRefused NOT_FOUND; INVALID if the job itself compares rows
     */
    public ReconcileReport run(String job) {
        var answer = gate.run(job, null, Optional.empty());
        var pass = answer.pass();
        return pass == null
                ? new ReconcileReport(answer, List.of(), 0, List.of())
                : new ReconcileReport(
                        answer,
                        details.tenants(pass.id(), MOST),
                        details.tenantsWithFindings(pass.id()),
                        details.keys(pass.id(), MOST));
    }

    /** What reconciles have found. */
    public interface Details {
        /** The tenants with most wrong rows. */
        List<ReconcileReport.Tenant> tenants(long pass, int most);

        /** How many tenants have wrong rows. */
        long tenantsWithFindings(long pass);

        /** Some of the wrong rows, of each kind some. */
        List<ReconcileReport.WrongRow> keys(long pass, int most);
    }
}

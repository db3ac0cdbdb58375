package dev.backfleet.coordinator.cli.submit;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingSeverity;
import dev.backfleet.coordinator.operation.SubmitJob.Submitted;
import java.util.ArrayList;
import java.util.List;

/** What a submission prints. */
final class SubmitText {
    private SubmitText() {}

    /** What was stored, in one line. */
    static String stored(Submitted job) {
        var next = job.paused()
                ? "a coordinator plans it; then it is PAUSED until 'backfleet resume " + job.name() + "'"
                : "a coordinator plans its shards next; 'backfleet watch " + job.name() + "' follows it";
        return job.name() + " is stored as job " + job.id() + " on " + job.table() + ", about "
                + HumanText.number(job.rows()) + (job.rows() == 1 ? " row" : " rows") + ": " + next;
    }

    /** The findings, a line each; of the remarks, only how many there are. */
    static List<String> findings(List<Finding> findings) {
        var lines = new ArrayList<String>();
        findings.stream()
                .filter(finding -> finding.severity() != FindingSeverity.REMARK)
                .forEach(finding -> lines.add(finding.severity().text() + ": " + finding.line()));
        var remarks = findings.size() - lines.size();
        if (remarks > 0) {
            lines.add(remarks + (remarks == 1 ? " remark" : " remarks")
                    + " about the table or the server: 'backfleet plan SPEC'" + " shows "
                    + (remarks == 1 ? "it" : "them"));
        }
        return lines;
    }
}

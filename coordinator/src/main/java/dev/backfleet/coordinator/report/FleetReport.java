package dev.backfleet.coordinator.report;

import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.problem.FleetProblems;
import dev.backfleet.coordinator.problem.JobReport;
import dev.backfleet.coordinator.problem.Problem;
import dev.backfleet.coordinator.problem.WorkerProblems;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.ListJobs;
import dev.backfleet.coordinator.query.WorkerStatus;
import dev.backfleet.coordinator.screen.JobFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fleet at a glance, in the order of the JSON output; names and order are an interface.
 *
 * @param at the time of the answer, by the database's clock
 * @param database the database of the control schema, without secrets
 * @param kafka the brokers; null if the command's settings name none
 * @param topicPrefix what the names of the topics begin with
 * @param leader the leading coordinator; null if there is none
 * @param problems what concerns the fleet and its workers, the most important first
 * @param workers the workers with a heartbeat in the last ten minutes, live ones first
 * @param jobs the unfinished jobs, those with problems first
 */
public record FleetReport(
        Instant at,
        String database,
        @Nullable String kafka,
        String topicPrefix,
        @Nullable String leader,
        List<Problem> problems,
        List<WorkerStatus> workers,
        List<JobReport> jobs) {

    public static FleetReport of(ListJobs.Listed listed, Settings settings) {
        var fleet = listed.fleet();
        var jobs = listed.snapshots().stream()
                .filter(snapshot -> !snapshot.job().state().isTerminal())
                .map(JobReport::of)
                .toList();
        // Without work, nobody has to be there.
        var work = jobs.stream().map(JobReport::job).anyMatch(JobStatus::toAdvance);
        var problems = FleetProblems.of(fleet, work ? WorkerProblems.of(fleet, listed.workers()) : List.of());
        return new FleetReport(
                fleet.at(),
                DatabaseSettings.from(settings).url(),
                settings.find(SettingCatalogue.KAFKA_BOOTSTRAP_SERVERS).orElse(null),
                settings.get(SettingCatalogue.TOPIC_PREFIX),
                fleet.leader(),
                problems,
                listed.workers(),
                jobs.stream()
                        .sorted(Comparator.comparing(job -> own(job, problems).isEmpty()))
                        .toList());
    }

    // What is the job's alone.
    private static List<Problem> own(JobReport job, List<Problem> fleet) {
        return job.problems().stream()
                .filter(problem -> !fleet.contains(problem))
                .toList();
    }

    /** As text. */
    public String text() {
        var alive = workers.stream().filter(WorkerStatus::alive).toList();
        var slots = alive.stream().mapToInt(WorkerStatus::slots).sum();
        var busy = alive.stream().mapToInt(WorkerStatus::busy).sum();
        var lines = new ArrayList<String>();
        problems.forEach(problem -> lines.add(problem.text()));
        lines.add("database     " + database);
        lines.add("Kafka        "
                + (kafka == null
                        ? "not named in the settings of this command"
                        : kafka + ", topics " + topicPrefix + ".*"));
        lines.add("coordinator  " + (leader == null ? "none leads" : leader + " leads"));
        lines.add("workers      " + HumanText.number(alive.size()) + " alive, " + HumanText.number(busy) + " of "
                + HumanText.number(slots) + " slots busy");
        lines.add("jobs         "
                + (jobs.isEmpty() ? "none is unfinished" : HumanText.number(jobs.size()) + " unfinished"));
        if (!jobs.isEmpty()) {
            lines.add("");
            lines.add(table().stripTrailing());
        }
        for (var job : jobs) {
            own(job, problems).forEach(problem -> lines.add(job.job().name() + ": " + problem.text()));
        }
        return String.join("\n", lines) + "\n";
    }

    private String table() {
        var table = new TextTable(
                TextTable.right("ID"),
                TextTable.left("NAME"),
                TextTable.left("STATE"),
                TextTable.right("DONE"),
                TextTable.right("RATE"),
                TextTable.right("ETA"));
        jobs.forEach(one -> table.row(
                one.job().id(),
                one.job().name(),
                one.state(),
                JobFormat.percent(one.job()),
                JobFormat.speed(one.job()),
                JobFormat.eta(one.job())));
        return table.render();
    }
}

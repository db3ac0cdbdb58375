package dev.backfleet.coordinator.cli.event;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.StopSignal;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.notify.CloudEvent;
import dev.backfleet.coordinator.notify.EventJson;
import dev.backfleet.coordinator.notify.ListEvents;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows events. */
@Command(
        name = "events",
        description = {
            "Show what has happened to jobs and to the fleet, oldest first.",
            "These are the events of which others are told on the topic backfleet.lifecycle and by webhooks. They are read from the",
            "database, also while Kafka is away, and kept for 30 days. With -o json, each is a CloudEvent (docs/events.md)."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet events split-names",
            "  backfleet events --follow --type 'job.*' -o json",
            "  backfleet events --type reconcile.drift"
        })
public final class EventsCommand implements Callable<ExitCode> {
    // Transactions that overlap may commit in another order than that of the ids.
    private static final int OVERLAP = 1_000;
    private static final Duration EVERY = Duration.ofSeconds(1);

    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "JOB",
            description = "Only of this job, by id or name. Default: of all jobs, and of the fleet.")
    private @Nullable String job;

    @Option(
            names = "--follow",
            description = "Go on with new events, until it is interrupted; in JSON, one on each line.")
    private boolean follow;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "Only of this type, such as job.paused, or job.* for all that begin so.")
    private @Nullable String type;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "200",
            description = "How many events, the newest ones, up to 10000. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = Session.open(options)) {
            var events = session.operations().events();
            var fleet = options.settings().get(SettingCatalogue.TOPIC_PREFIX);
            var wanted = events.wanted(Optional.ofNullable(job), Optional.ofNullable(type));
            var first = events.run(wanted, 0, limit);
            if (follow) {
                return follow(events, wanted, first, fleet);
            }
            output.print(
                    first.stream()
                            .map(event -> EventJson.read(event.structured(fleet)))
                            .toList(),
                    () -> table(first));
            return ExitCode.DONE;
        }
    }

    private ExitCode follow(ListEvents events, ListEvents.Wanted wanted, List<CloudEvent> first, String fleet)
            throws InterruptedException {
        var stop = StopSignal.install().received();
        var shown = new TreeSet<Long>();
        var next = first;
        // What is older was left out by the limit.
        var before = first.isEmpty() ? 0 : Long.parseLong(first.get(0).id()) - 1;
        while (true) {
            for (var event : next) {
                if (shown.add(Long.valueOf(event.id()))) {
                    line(event, fleet);
                }
            }
            if (StopSignal.comesWithin(stop, EVERY)) {
                return stop.join();
            }
            var after = Math.max(before, shown.isEmpty() ? 0 : shown.last() - OVERLAP);
            shown.headSet(after, true).clear();
            next = events.run(wanted, after, ListEvents.MOST);
        }
    }

    private void line(CloudEvent event, String fleet) {
        var out = spec.commandLine().getOut();
        out.println(
                output.json()
                        ? event.structured(fleet)
                        : HumanTime.moment(event.at()) + "  " + event.type().text() + "  " + what(event));
        out.flush();
    }

    private static String table(List<CloudEvent> events) {
        var table = new TextTable(
                TextTable.left("AT"), TextTable.left("TYPE"), TextTable.left("BY"), TextTable.left("WHAT"));
        events.forEach(event -> {
            var data = EventJson.read(event.data());
            table.row(
                    HumanTime.moment(event.at()),
                    event.type().text(),
                    data.hasNonNull("actor") ? data.path("actor").asText() : null,
                    what(event));
        });
        return table.render();
    }

    private static String what(CloudEvent event) {
        var data = EventJson.read(event.data());
        return data.path("summary").asText()
                + (data.hasNonNull("reason") ? ": " + data.path("reason").asText() : "");
    }
}

package dev.backfleet.coordinator.cli.event;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.cli.session.Operations;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.query.webhook.WebhookReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists webhooks and their messages, tests one, and sends messages again. */
@Command(
        name = "webhooks",
        description = {
            "List the webhooks and how they fare; with a name, the messages of one.",
            "The leading coordinator has read them from BACKFLEET_WEBHOOKS_FILE.",
            "A webhook is turned off after five days of failures: then its messages are kept and not sent.",
            "With --test, exits with 1 if the message was not delivered, and with 7 if no coordinator has sent it in time."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet webhooks",
            "  backfleet webhooks deploys                     its messages, newest first",
            "  backfleet webhooks deploys --test              send one now; turns it on again if it was off",
            "  backfleet webhooks deploys --resend failed     send what was given up",
            "  backfleet webhooks deploys --resend 4711"
        })
public final class WebhooksCommand implements Callable<ExitCode> {
    private static final Duration PAUSE = Duration.ofMillis(300);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "A webhook.")
    private @Nullable String name;

    @Option(names = "--test", description = "Send a test, of the type webhook.test, and wait for the answer.")
    private boolean test;

    @Option(
            names = "--resend",
            paramLabel = "ID",
            description = "Send the message with this id again; failed: all that were given up.")
    private @Nullable String resend;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "How many messages are listed. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        var wanted = name;
        if (wanted == null) {
            if (test || resend != null) {
                throw new ParameterException(spec.commandLine(), "name the webhook, such as: webhooks deploys --test");
            }
            try (var session = Session.open(options)) {
                var all = session.operations().webhooks().run();
                output.print(all, () -> table(all));
                return ExitCode.DONE;
            }
        }
        if (test && resend != null) {
            throw new ParameterException(spec.commandLine(), "give either --test or --resend");
        }
        var message = message();
        try (var session = test || resend != null ? Session.openToStore(options) : Session.open(options)) {
            var operations = session.operations();
            if (test) {
                return test(operations, session.actor(), wanted);
            }
            if (resend != null) {
                var sent = operations.resendMessages().run(session.actor(), wanted, message);
                output.print(
                        new Resent(wanted, sent),
                        () -> sent + (sent == 1 ? " message is" : " messages are") + " sent again; 'backfleet webhooks "
                                + wanted + "' tells what comes of it\n");
                return ExitCode.DONE;
            }
            var report = operations.webhooks().run(wanted, limit);
            output.print(report, () -> table(List.of(report)) + "\n" + messages(report.deliveries()));
            return ExitCode.DONE;
        }
    }

    private OptionalLong message() {
        var text = resend;
        if (text == null || text.equals("failed")) {
            return OptionalLong.empty();
        }
        if (!text.matches("[0-9]{1,18}")) {
            throw new ParameterException(
                    spec.commandLine(), "--resend takes a message's id, or failed: '" + text + "' is neither");
        }
        return OptionalLong.of(Long.parseLong(text));
    }

    private ExitCode test(Operations operations, Actor actor, String webhook) throws InterruptedException {
        var id = operations.testWebhook().run(actor, webhook);
        var sleeper = Sleeper.system();
        for (var waited = Duration.ZERO; waited.compareTo(PATIENCE) < 0; waited = waited.plus(PAUSE)) {
            var message = operations.webhooks().message(id);
            if (message.isPresent() && !message.get().state().equals("pending")) {
                var delivered = message.get().state().equals("delivered");
                output.print(
                        message.get(),
                        () -> (delivered ? "delivered: " : "not delivered: ")
                                + message.get().outcome() + "\n");
                return delivered ? ExitCode.DONE : ExitCode.JOB_FAILED;
            }
            sleeper.sleep(PAUSE);
        }
        throw new CommandException(
                ExitCode.TIMED_OUT,
                "no coordinator has sent the test within " + PATIENCE.toSeconds() + " s: it is sent when one leads;"
                        + " 'backfleet webhooks " + webhook + "' tells what comes of it");
    }

    private static String table(List<WebhookReport> webhooks) {
        if (webhooks.isEmpty()) {
            return "no webhooks: name a file with BACKFLEET_WEBHOOKS_FILE for the coordinators (docs/events.md)\n";
        }
        var table = new TextTable(
                TextTable.left("NAME"),
                TextTable.left("STATE"),
                TextTable.right("WAITING"),
                TextTable.left("LAST SUCCESS"),
                TextTable.left("FORMAT"),
                TextTable.left("TO"),
                TextTable.left("TYPES"),
                TextTable.left("FAILURE"));
        webhooks.forEach(webhook -> table.row(
                webhook.name(),
                webhook.state(),
                webhook.waiting(),
                moment(webhook.deliveredAt()),
                webhook.format(),
                webhook.place(),
                String.join(" ", webhook.types()),
                failure(webhook)));
        return table.render();
    }

    private static @Nullable String failure(WebhookReport webhook) {
        var since = webhook.failingSince();
        return since == null ? null : webhook.failure() + ", since " + HumanTime.moment(since);
    }

    private static String messages(List<WebhookReport.Message> messages) {
        if (messages.isEmpty()) {
            return "no messages yet\n";
        }
        var table = new TextTable(
                TextTable.right("ID"),
                TextTable.left("CREATED"),
                TextTable.left("TYPE"),
                TextTable.left("JOB"),
                TextTable.right("EVENTS"),
                TextTable.left("STATE"),
                TextTable.right("ATTEMPTS"),
                TextTable.left("NEXT"),
                TextTable.left("LAST ANSWER"));
        messages.forEach(message -> table.row(
                message.id(),
                HumanTime.moment(message.createdAt()),
                message.type(),
                message.job(),
                message.events(),
                message.state(),
                message.attempts(),
                moment(message.nextAt()),
                message.outcome()));
        return table.render();
    }

    private static @Nullable String moment(@Nullable Instant at) {
        return at == null ? null : HumanTime.moment(at);
    }

    /**
     * What was sent again, in the order of the JSON output.
     *
     * @param messages how many
     */
    record Resent(String webhook, int messages) {}
}

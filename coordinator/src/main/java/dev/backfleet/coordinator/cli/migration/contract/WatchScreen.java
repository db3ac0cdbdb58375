package dev.backfleet.coordinator.cli.migration.contract;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.StopSignal;
import dev.backfleet.coordinator.cli.migration.ApplyPrinter;
import dev.backfleet.coordinator.migration.apply.StepProgress;
import dev.backfleet.coordinator.migration.contract.WatchedRenaming.Screen;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Prints what the watch over a renaming finds, until Ctrl-C. Before the renaming, Ctrl-C ends the process at once. */
final class WatchScreen implements Screen {
    private final ApplyPrinter printer;
    private @Nullable CompletableFuture<ExitCode> stop;

    WatchScreen(ApplyPrinter printer) {
        this.printer = printer;
    }

    @Override
    public StepProgress steps() {
        return printer;
    }

    @Override
    public void tell(String line) {
        printer.tell(line);
    }

    @Override
    public boolean endsWithin(Duration time) throws InterruptedException {
        var received = stop;
        if (received == null) {
            received = StopSignal.install().received();
            stop = received;
        }
        return StopSignal.comesWithin(received, time);
    }
}

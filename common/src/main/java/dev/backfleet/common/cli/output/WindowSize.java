package dev.backfleet.common.cli.output;

import dev.backfleet.common.cli.Signals;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The size of the terminal's window, which its user may change at any time. */
public final class WindowSize {
    private static final long PATIENCE_MS = 1_000;
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,4}) ([0-9]{1,4})\\s*");

    private final Supplier<Optional<TerminalInfo>> terminal;
    private final AtomicBoolean changed = new AtomicBoolean();
    private TerminalInfo last;

    WindowSize(TerminalInfo first, Supplier<Optional<TerminalInfo>> terminal) {
        this.last = first;
        this.terminal = terminal;
    }

    /** Begins with what the launcher found, and follows the changes after that. */
    public static WindowSize follow(Map<String, String> environment) {
        var size = new WindowSize(TerminalInfo.from(environment), WindowSize::ask);
        if (size.last.present()) {
            try {
                Signals.handle("WINCH", size::hasChanged);
            } catch (IllegalStateException e) {
                return size; // a system without this signal: the size is the one at the start
            }
        }
        return size;
    }

    /** Whether the terminal says that its size is another one now. */
    void hasChanged() {
        changed.set(true);
    }

    /** The size now. For use by one thread. */
    public TerminalInfo now() {
        if (changed.getAndSet(false)) {
            last = terminal.get().orElse(last);
        }
        return last;
    }

    // Java 17 does not know the size of a terminal; standard input may be a file.
    private static Optional<TerminalInfo> ask() {
        try {
            var process = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(PATIENCE_MS, TimeUnit.MILLISECONDS)) {
                process.destroy();
                return Optional.empty();
            }
            return parse(new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Reads what {@code stty size} prints: rows, then columns. */
    static Optional<TerminalInfo> parse(String text) {
        var size = SIZE.matcher(text);
        return size.matches()
                ? Optional.of(TerminalInfo.ofSize(Integer.parseInt(size.group(2)), Integer.parseInt(size.group(1))))
                : Optional.empty();
    }
}

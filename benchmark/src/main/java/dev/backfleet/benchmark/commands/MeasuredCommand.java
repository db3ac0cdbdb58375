package dev.backfleet.benchmark.commands;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** What is measured, in the order of a round. */
public enum MeasuredCommand {
    JAVA("java -version", 0) {
        @Override
        public Duration measure(Launcher launcher, String job) throws IOException, InterruptedException {
            return Launcher.java();
        }
    },
    VERSION("backfleet --version", 150) {
        @Override
        public Duration measure(Launcher launcher, String job) throws IOException, InterruptedException {
            return launcher.runAlone("--version");
        }
    },
    STATUS("backfleet status JOB", 350) {
        @Override
        public Duration measure(Launcher launcher, String job) throws IOException, InterruptedException {
            return launcher.run("status", job);
        }
    },
    PAUSE("backfleet pause JOB", 500) {
        @Override
        public Duration measure(Launcher launcher, String job) throws IOException, InterruptedException {
            var took = launcher.run("pause", job);
            launcher.run("resume", job);
            return took;
        }
    };

    private final String words;
    private final long bar;

    MeasuredCommand(String words, long bar) {
        this.words = words;
        this.bar = bar;
    }

    /** How long it takes once. */
    public abstract Duration measure(Launcher launcher, String job) throws IOException, InterruptedException;

    /** As a person writes it. */
    String words() {
        return words;
    }

    /** How long it may take, in milliseconds; nothing if it is only there to compare with. */
    Optional<Long> bar() {
        return bar == 0 ? Optional.empty() : Optional.of(bar);
    }
}

package dev.backfleet.benchmark.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The memory of another process, as Linux counts it. */
final class ResidentMemory {
    private static final String PEAK = "VmHWM:";

    private ResidentMemory() {}

    /** The peak resident memory of a process since its start, in bytes; 0 if unknown. */
    static long peakBytes(long pid) {
        try {
            return peakBytes(Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")));
        } catch (IOException e) {
            // Not Linux, or the process has gone.
            return 0;
        }
    }

    static long peakBytes(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith(PEAK))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(0);
    }
}

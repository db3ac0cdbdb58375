package dev.backfleet.common.settings.typed;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/** The default id of a process: host, process id and a random part, so that ids are unique. */
public final class ProcessName {

    private static final int LONGEST_HOST = 60;
    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private ProcessName() {}

    /** A new name for this process. */
    public static String unique(RandomGenerator random) {
        return of(host(), ProcessHandle.current().pid(), random);
    }

    public static String of(String host, long pid, RandomGenerator random) {
        var clean = host.replaceAll("[^A-Za-z0-9._-]", "-");
        var shortened = clean.substring(0, Math.min(clean.length(), LONGEST_HOST));
        // The random part distinguishes containers with the same host name, in each of which the process id is 1.
        return "%s-%d-%06x".formatted(shortened, pid, random.nextInt(1 << 24));
    }

    /** The name of this host, as it calls itself: a name server is asked only where the kernel does not tell. */
    public static String host() {
        try {
            if (Files.isReadable(KERNEL)) {
                return Files.readString(KERNEL).strip();
            }
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "unknown-host";
        }
    }
}

package dev.backfleet.common.settings.typed;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.random.RandomGenerator;

/** The default id of a process: host, process id and a random part, so that ids are unique. */
public final class ProcessName {

    private static final int LONGEST_HOST = 60;

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

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown-host";
        }
    }
}

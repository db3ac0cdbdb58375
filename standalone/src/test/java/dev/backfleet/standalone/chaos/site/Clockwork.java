package dev.backfleet.standalone.chaos.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** The wall clock of one worker, which shows what we say, where libfaketime is installed. */
public final class Clockwork {
    private static final List<Path> LIBRARIES = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib64/faketime/libfaketimeMT.so.1"));
    private static final List<String> OFFSETS = List.of("+0", "+3d", "-2h", "+40s", "-40s");

    private final Optional<Path> library =
            LIBRARIES.stream().filter(Files::exists).findFirst();
    private final Path offset;

    public Clockwork(Path folder) throws IOException {
        offset = Files.writeString(folder.resolve("offset"), "+90s");
    }

    public boolean isInstalled() {
        return library.isPresent();
    }

    /** What the worker needs in its environment. */
    public Map<String, String> environment() {
        return library.map(path -> Map.of(
                        "LD_PRELOAD",
                        path.toString(),
                        "FAKETIME_TIMESTAMP_FILE",
                        offset.toString(),
                        "FAKETIME_CACHE_DURATION",
                        "1",
                        "FAKETIME_DONT_FAKE_MONOTONIC",
                        "1",
                        // Else waits that a JVM bounds by its monotonic clock never end.
                        "FAKETIME_FORCE_MONOTONIC_FIX",
                        "0"))
                .orElse(Map.of());
    }

    /** Lets it jump; whether it could. */
    public boolean jump(Random random) throws IOException {
        if (isInstalled()) {
            Files.writeString(offset, OFFSETS.get(random.nextInt(OFFSETS.size())));
        }
        return isInstalled();
    }
}

package dev.backfleet.deploy.containers;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.Slf4jLogConsumer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * A coordinator and workers in containers, as strictly as {@code compose.yaml} runs them: no capability, nothing
 * writable, not even /tmp, and the password from a file.
 */
final class Fleet implements AutoCloseable {
    private static final int GRACE_SECONDS = 30;
    private static final long WORKER_MEMORY = 200 << 20;

    private final Images images;
    private final Servers servers;
    private final TargetDatabase database;
    private final Path password;
    private final List<GenericContainer<?>> containers = new ArrayList<>();

    Fleet(Images images, Servers servers, TargetDatabase database, Path directory) {
        this.images = images;
        this.servers = servers;
        this.database = database;
        this.password = Servers.readableByAll(directory.resolve("password"), TargetDatabase.PASSWORD + "\n");
    }

    /** Starts a coordinator. */
    GenericContainer<?> coordinator() {
        var container = container(images.coordinator(), "backfleet_coordinator")
                .withCommand("coordinator")
                .waitingFor(Wait.forLogMessage(".*coordinator started.*", 1));
        container.start();
        return container;
    }

    /** Starts a worker, with the memory that a worker may have. */
    GenericContainer<?> worker(String id) {
        var container = container(images.worker(), "backfleet_worker")
                .withEnv("BACKFLEET_WORKER_ID", id)
                .withEnv("BACKFLEET_WORKER_SLOTS", "2")
                .withEnv("BACKFLEET_SHARD_LEASE", "2s")
                .withCreateContainerCmdModifier(
                        command -> hostConfig(command).withMemory(WORKER_MEMORY).withMemorySwap(WORKER_MEMORY))
                .waitingFor(Wait.forLogMessage(".*worker started.*", 1));
        container.start();
        return container;
    }

    /** Submits a spec with the command line of the coordinator's image. */
    void submit(Path spec) {
        var container = container(images.coordinator(), "backfleet_coordinator")
                .withCreateContainerCmdModifier(command -> mount(hostConfig(command), spec, "/spec.yaml"))
                .withCommand("submit", "/spec.yaml")
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(Duration.ofMinutes(1)));
        container.start();
    }

    /** What a command prints that runs beside a coordinator, in its container. */
    static String command(GenericContainer<?> coordinator, String... arguments) throws Exception {
        var command = Stream.concat(Stream.of("java", "@/opt/backfleet/cli"), Stream.of(arguments))
                .toArray(String[]::new);
        var result = coordinator.execInContainer(command);
        if (result.getExitCode() != 0) {
            throw new IllegalStateException(
                    "exit code " + result.getExitCode() + " of " + List.of(arguments) + ": " + result.getStderr());
        }
        return result.getStdout();
    }

    /** What {@code docker kill} does. */
    static long kill(GenericContainer<?> container) {
        container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
        return exitCode(container);
    }

    /** What {@code docker stop} does: SIGTERM, and SIGKILL to who does not end. */
    static long stop(GenericContainer<?> container) {
        container
                .getDockerClient()
                .stopContainerCmd(container.getContainerId())
                .withTimeout(GRACE_SECONDS)
                .exec();
        return exitCode(container);
    }

    @Override
    public void close() {
        containers.forEach(GenericContainer::stop);
    }

    private static long exitCode(GenericContainer<?> container) {
        var state = container.getCurrentContainerInfo().getState();
        return Objects.requireNonNull(state.getExitCodeLong());
    }

    private GenericContainer<?> container(String image, String role) {
        var container = new GenericContainer<>(image)
                // The servers listen on 127.0.0.1 of the host.
                .withNetworkMode("host")
                .withEnv(Map.of(
                        "BACKFLEET_DATABASE_URL", database.url(),
                        "BACKFLEET_DATABASE_USER", role,
                        "BACKFLEET_DATABASE_PASSWORD_FILE", "/run/secrets/database-password",
                        "BACKFLEET_KAFKA_BOOTSTRAP_SERVERS", servers.kafka().bootstrapServers(),
                        "BACKFLEET_TOPIC_PREFIX", database.name()))
                .withCreateContainerCmdModifier(command -> {
                    harden(hostConfig(command));
                    mount(hostConfig(command), password, "/run/secrets/database-password");
                })
                .withLogConsumer(new Slf4jLogConsumer(LoggerFactory.getLogger("container." + role)));
        containers.add(container);
        return container;
    }

    // Testcontainers' own way to do this tries it out with an image that it has to pull.
    private static void mount(HostConfig host, Path file, String at) {
        var binds = new ArrayList<>(List.of(host.getBinds() == null ? new Bind[0] : host.getBinds()));
        binds.add(new Bind(file.toString(), new Volume(at), AccessMode.ro));
        host.withBinds(binds);
    }

    private static HostConfig hostConfig(CreateContainerCmd command) {
        return Objects.requireNonNull(command.getHostConfig());
    }

    private static void harden(HostConfig host) {
        host.withReadonlyRootfs(true).withCapDrop(Capability.ALL).withSecurityOpts(List.of("no-new-privileges"));
    }
}

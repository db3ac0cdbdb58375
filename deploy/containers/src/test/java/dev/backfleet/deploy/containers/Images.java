package dev.backfleet.deploy.containers;

import java.nio.file.Path;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.images.builder.ImageFromDockerfile;

/** Both images, built once per run from what the Maven build prepared. */
record Images(String coordinator, String worker) {

    private static final Path ROOT = Path.of(System.getProperty("backfleet.root", "../.."));

    /** Builds them. Fails in one line where no Docker Engine answers. */
    static Images build() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new NoDockerEngine();
        }
        return new Images(build("coordinator"), build("worker"));
    }

    /** A file of the repository. */
    static Path file(String name) {
        return ROOT.resolve(name).toAbsolutePath().normalize();
    }

    private static String build(String target) {
        return new ImageFromDockerfile("backfleet-" + target + ":under-test", false)
                .withFileFromPath("Dockerfile", file("deploy/docker/Dockerfile"))
                .withFileFromPath("deploy/docker/cli.options", file("deploy/docker/cli.options"))
                // The classic builder walks through all stages, so that it wants the files of each.
                .withFileFromPath("coordinator/target/image", file("coordinator/target/image"))
                .withFileFromPath("worker/target/image", file("worker/target/image"))
                .withTarget(target)
                .withBuildArgs(baseImage())
                .get();
    }

    private static Map<String, String> baseImage() {
        var named = System.getProperty("backfleet.base-image", "");
        return named.isBlank() ? Map.of() : Map.of("BASE_IMAGE", named);
    }

    /** There is nothing to see in a stack trace. */
    private static final class NoDockerEngine extends RuntimeException {
        NoDockerEngine() {
            super(
                    "no Docker Engine answers: start one, or name it in DOCKER_HOST; the build without -Pcontainers needs none",
                    null,
                    false,
                    false);
        }
    }
}

package dev.backfleet.deploy.containers;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.InspectImageResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;

/** What can be said of the images without running them. */
class ImagesTest {
    private static Images images;

    @BeforeAll
    static void build() {
        images = Images.build();
    }

    @Test
    void images_run_java_itself_as_a_user_without_rights() {
        for (var image : new String[] {images.coordinator(), images.worker()}) {
            var config = Objects.requireNonNull(inspect(image).getConfig());
            assertThat(config.getUser()).isEqualTo("65532:65532");
            assertThat(config.getEntrypoint()).startsWith("java");
            assertThat(config.getLabels()).containsKeys("org.opencontainers.image.title");
        }
    }

    @Test
    void libraries_are_in_a_layer_of_their_own_before_our_classes() throws IOException {
        try (var libraries = Files.list(Images.file("worker/target/image/lib"))) {
            assertThat(libraries)
                    .noneMatch(file -> file.getFileName().toString().startsWith("backfleet-"));
        }
        assertThat(Objects.requireNonNull(inspect(images.worker()).getRootFS()).getLayers())
                .as("the base's layers, libraries, classes")
                .hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void the_workers_image_holds_nothing_of_the_coordinator() throws IOException {
        try (var files = Files.walk(Images.file("worker/target/image"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .anyMatch(name -> name.startsWith("backfleet-worker-"))
                    .noneMatch(name -> name.contains("coordinator") || name.contains("flyway"));
        }
    }

    private static InspectImageResponse inspect(String image) {
        return DockerClientFactory.instance().client().inspectImageCmd(image).exec();
    }
}

package dev.backfleet.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A child ends when its parent's end of the pipe closes, and only then. */
@Tag("server")
class ParentWatchTest {

    /** The child: says that it is there, and would stay for ever. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws InterruptedException {
            ParentWatch.beginIfAsked();
            System.out.write('!');
            System.out.flush();
            Thread.currentThread().join();
        }
    }

    @Test
    void a_child_ends_when_its_parent_is_gone() throws Exception {
        var child = start(ParentWatch.FLAG);
        assertThat(child.getInputStream().read()).isEqualTo('!');
        assertThat(child.isAlive()).isTrue();

        child.getOutputStream().close();

        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isEqualTo(137);
    }

    @Test
    void nothing_is_measured_unless_requested() throws Exception {
        var child = start();
        try {
            child.getOutputStream().close();
            assertThat(child.getInputStream().read()).isEqualTo('!');
            assertThat(child.isAlive()).isTrue();
        } finally {
            child.destroyForcibly();
        }
    }

    private static Process start(String... flags) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = new ArrayList<>(List.of(java, "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(flags));
        command.add(Child.class.getName());
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder.start();
    }
}

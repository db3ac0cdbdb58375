package dev.backfleet.embedded.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the JVMs that this one starts get their class path and their options. */
class ChildJvmTest {

    @Test
    void archives_come_before_directories_and_both_keep_their_order(@TempDir Path classes) {
        var own = String.join(File.pathSeparator, classes.toString(), "b.jar", classes + "/..", "a.jar");
        assertThat(ChildJvm.classPath(own).split(File.pathSeparator))
                .containsExactly("b.jar", "a.jar", classes.toString(), classes + "/..");
    }

    @Test
    void each_line_of_the_property_is_an_option_after_those_of_all() {
        var all = ChildJvm.options("");
        assertThat(all).contains("-XX:ArchiveRelocationMode=0");
        assertThat(ChildJvm.options("-Xlog:cds=off\n-XX:SharedArchiveFile=/a folder/b"))
                .startsWith(all.toArray(String[]::new))
                .endsWith("-Xlog:cds=off", "-XX:SharedArchiveFile=/a folder/b")
                .hasSize(all.size() + 2);
    }
}

package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.reference.GeneratedPage;
import dev.backfleet.coordinator.problem.ProblemReference;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of problems is made from the code. */
class ProblemReferenceTest {
    @Test
    void the_page_of_problems_is_current() {
        GeneratedPage.assertCurrent("docs/reference/problems.md", ProblemReference.page());
    }

    @Test
    void the_commands_and_options_that_it_names_exist() {
        var commands = Main.commandLine().picocli().getSubcommands();
        var named = Pattern.compile("`backfleet ([a-z-]+)([^`]*)`").matcher(ProblemReference.page());
        assertThat(named.results()).isNotEmpty().allSatisfy(use -> assertThat(commands)
                .containsKey(use.group(1))
                .extractingByKey(use.group(1))
                .satisfies(command -> assertThat(Pattern.compile("--[a-z-]+")
                                .matcher(use.group(2))
                                .results()
                                .map(MatchResult::group))
                        .isSubsetOf(command.getCommandSpec().optionsMap().keySet())));
    }
}

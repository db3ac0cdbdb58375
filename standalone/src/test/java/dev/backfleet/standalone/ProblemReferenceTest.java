package dev.backfleet.standalone;

import dev.backfleet.common.reference.GeneratedPage;
import dev.backfleet.coordinator.problem.ProblemReference;
import org.junit.jupiter.api.Test;

/** The page of problems is made from the code. */
class ProblemReferenceTest {
    @Test
    void the_page_of_problems_is_current() {
        GeneratedPage.assertCurrent("docs/reference/problems.md", ProblemReference.page());
    }
}

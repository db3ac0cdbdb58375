package dev.backfleet.common.spec;

/** A spec is refused; nothing was stored. */
public final class SpecException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient SpecProblem problem;

    public SpecException(SpecProblem problem) {
        super(problem.message());
        this.problem = problem;
    }

    /** Why. */
    public SpecProblem problem() {
        return problem;
    }
}

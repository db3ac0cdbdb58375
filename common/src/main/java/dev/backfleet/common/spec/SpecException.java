package dev.backfleet.common.spec;

/** A spec is rejected; nothing was stored. */
public final class SpecException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient SpecProblem problem;

    public SpecException(SpecProblem problem) {
        super(problem.message());
        this.problem = problem;
    }

    public SpecProblem problem() {
        return problem;
    }
}

package dev.backfleet.benchmark.report;

/** The figures of a measurement. As JSON, a report has its record components. */
public interface Report {
    /** The figures as text, with a line break at the end. */
    String render();

    /** Whether the bars of the measurement are met. */
    boolean met();
}

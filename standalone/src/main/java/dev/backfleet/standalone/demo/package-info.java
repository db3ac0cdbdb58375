/** The demo: a table, a job, a killed worker, and the proof that every row was changed once. */
@NullMarked
package dev.backfleet.standalone.demo;

import org.jspecify.annotations.NullMarked;

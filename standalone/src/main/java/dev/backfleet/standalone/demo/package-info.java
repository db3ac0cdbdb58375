/** The demo: a table, a job, a killed worker, and a check that every row was changed once. */
@NullMarked
package dev.backfleet.standalone.demo;

import org.jspecify.annotations.NullMarked;

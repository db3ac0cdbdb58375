/** Coordinators and workers as child processes that never outlive the process that started them. */
@NullMarked
package dev.backfleet.standalone.process;

import org.jspecify.annotations.NullMarked;

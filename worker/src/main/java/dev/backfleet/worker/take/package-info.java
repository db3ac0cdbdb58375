/** Taking tasks: a free slot first, then a task, then the claim. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.worker.take;

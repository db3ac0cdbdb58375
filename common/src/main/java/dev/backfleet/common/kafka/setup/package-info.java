/** Checks that a cluster can be reached and what it supports, and creates the topics and groups. */
@NullMarked
package dev.backfleet.common.kafka.setup;

import org.jspecify.annotations.NullMarked;

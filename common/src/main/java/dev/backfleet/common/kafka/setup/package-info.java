/** Whether a cluster can be reached and what it can do, and the topics and groups that have to be there. */
@NullMarked
package dev.backfleet.common.kafka.setup;

import org.jspecify.annotations.NullMarked;

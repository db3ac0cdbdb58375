/** Which of several servers with the same data is the primary that counts: the one on the highest timeline. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.timeline;

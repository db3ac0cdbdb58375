/** Time as the deciding code sees it: handed in, so that a simulation can move it. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.clock;

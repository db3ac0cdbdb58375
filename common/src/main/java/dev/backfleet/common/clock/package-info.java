/** Time as the deciding code sees it: injected, so that a simulation can move it. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.clock;

/** Workers and coordinators that halt themselves at a chosen point: the real parts, with decorators around some. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.standalone.failpoint;

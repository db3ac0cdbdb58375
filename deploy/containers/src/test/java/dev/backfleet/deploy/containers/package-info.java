/** The images, run by a Docker Engine. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.deploy.containers;

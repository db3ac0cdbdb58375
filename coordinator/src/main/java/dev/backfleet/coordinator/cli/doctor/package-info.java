/**
 * The checkup of all that commands work with. Each check is made by itself and within seconds, so that it works with any part
 * missing; the checks are part of the command line, since they are about its settings, its network and its role.
 */
@NullMarked
package dev.backfleet.coordinator.cli.doctor;

import org.jspecify.annotations.NullMarked;

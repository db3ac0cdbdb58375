/** The settings of each part of the system, as typed values. */
@NullMarked
package dev.backfleet.common.settings.typed;

import org.jspecify.annotations.NullMarked;

/** What each part of the system is told by the settings, as values. */
@NullMarked
package dev.backfleet.common.settings.typed;

import org.jspecify.annotations.NullMarked;

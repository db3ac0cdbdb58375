/** Contexts: named sets of settings in a file of the user, of which a command uses one. */
@NullMarked
package dev.backfleet.common.settings.context;

import org.jspecify.annotations.NullMarked;

/** Parses the text of a spec; every problem names its line and key. */
@NullMarked
package dev.backfleet.common.spec.parse;

import org.jspecify.annotations.NullMarked;

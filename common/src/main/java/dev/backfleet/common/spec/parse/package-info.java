/** From the text of a spec to its values, with every problem at its place. */
@NullMarked
package dev.backfleet.common.spec.parse;

import org.jspecify.annotations.NullMarked;

/** The keys of a spec: their types, parsing and descriptions. */
@NullMarked
package dev.backfleet.common.spec.key;

import org.jspecify.annotations.NullMarked;

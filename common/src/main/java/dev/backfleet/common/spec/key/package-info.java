/** The keys of a spec: what each may hold, and how it is read and explained. */
@NullMarked
package dev.backfleet.common.spec.key;

import org.jspecify.annotations.NullMarked;

/** How the key of a table is compared and ordered in statements, as its own index does it. */
@NullMarked
package dev.backfleet.common.postgres.key;

import org.jspecify.annotations.NullMarked;

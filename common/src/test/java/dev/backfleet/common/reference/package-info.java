/** Holds the documents to the code they are made from. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.reference;

/** The spec: what a person asks for in a file, its keys, and what is said about a file that is wrong. */
@org.jspecify.annotations.NullMarked
package dev.backfleet.common.spec;

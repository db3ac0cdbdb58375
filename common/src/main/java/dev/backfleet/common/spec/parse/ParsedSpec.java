package dev.backfleet.common.spec.parse;

import dev.backfleet.common.spec.Spec;
import dev.backfleet.common.spec.key.SpecLocations;

/**
 * A spec and the lines of its keys in the file.
 *
 * @param spec the spec
 * @param locations the lines, so that problems that are found later can name them
 */
public record ParsedSpec(Spec spec, SpecLocations locations) {}

package dev.backfleet.common.spec.parse;

import dev.backfleet.common.spec.Spec;
import dev.backfleet.common.spec.key.SpecLocations;

/**
 * A spec and where its keys stand in the file.
 *
 * @param spec the spec
 * @param locations makes problems that are found later name the file and the line
 */
public record ParsedSpec(Spec spec, SpecLocations locations) {}

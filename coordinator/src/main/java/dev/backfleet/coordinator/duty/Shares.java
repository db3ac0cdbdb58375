package dev.backfleet.coordinator.duty;

import java.util.ArrayList;
import java.util.List;

/** Decides, as a pure function, what is in which wave of a rollout, where waves are shares of the whole. */
public final class Shares {
    private Shares() {}

    /**
     * Puts each group into the first share that has room for it and leaves none after it too full; all that has room
     * nowhere is in the last one.
     *
     * @param sizes how many shards each group has that must be in one wave
     * @param percents up to which part of all shards each share goes; growing, the last one 100
     * @return for each group the place of its share, from 0
     */
    public static List<Integer> of(List<Integer> sizes, List<Integer> percents) {
        var total = sizes.stream().mapToLong(Integer::longValue).sum();
        // Rounded up, so that a share of next to nothing is tried out on something.
        var room = percents.stream()
                .mapToLong(percent -> -Math.floorDiv(-total * percent, 100L))
                .toArray();
        var places = new ArrayList<Integer>();
        for (var size : sizes) {
            var place = percents.size() - 1;
            while (place > 0 && room[place - 1] >= size) {
                place--;
            }
            for (var later = place; later < room.length; later++) {
                room[later] -= size;
            }
            places.add(place);
        }
        return places;
    }
}

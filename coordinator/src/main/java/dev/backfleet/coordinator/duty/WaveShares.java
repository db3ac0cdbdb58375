package dev.backfleet.coordinator.duty;

import java.util.ArrayList;
import java.util.List;

/** Decides, as a pure function, which shards are in which wave of a rollout, where waves are shares of all shards. */
public final class WaveShares {
    private WaveShares() {}

    /**
     * Assigns each group of shards to the first share that has room for it without overfilling a later one. A group that
     * fits nowhere is in the last share.
     *
     * @param sizes the number of shards of each group; a group must be in one wave
     * @param percents the upper end of each share, in percent of all shards; ascending, the last one 100
     * @return the index of the share of each group, from 0
     */
    public static List<Integer> of(List<Integer> sizes, List<Integer> percents) {
        var total = sizes.stream().mapToLong(Integer::longValue).sum();
        // Rounded up, so that the smallest share has at least one shard.
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

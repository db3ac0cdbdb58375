package dev.backfleet.standalone.postgres.copy;

import dev.backfleet.common.sql.Identifier;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The first line of a CSV file: which columns its rows have. */
public record CsvHeader(List<String> columns) {
    public CsvHeader {
        columns = List.copyOf(columns);
    }

    /**
     * Reads the line.
     *
     * @throws CopyFailure if there is none, or no row after it
     * @throws IOException if the file cannot be read
     */
    public static CsvHeader read(BufferedReader lines) throws IOException {
        var header = lines.readLine();
        if (header == null) {
            throw new CopyFailure("the file is empty: its first line has the names of the columns");
        }
        return new CsvHeader(Stream.of(header.split(",", -1))
                .map(name -> name.strip().replaceAll("^\"|\"$", ""))
                .toList());
    }

    /**
     * Checks that a table has the columns, each once.
     *
     * @param known the columns of the table that can be given
     * @throws CopyFailure if it has not; the message names the column
     */
    public void requireIn(List<String> known) {
        var seen = new HashSet<String>();
        for (var column : columns) {
            if (!known.contains(column)) {
                throw new CopyFailure("the first line of the file names the column " + Identifier.of(column)
                        + ", which the table does not have or computes itself; it has "
                        + known.stream()
                                .map(name -> Identifier.of(name).toString())
                                .collect(Collectors.joining(", ")));
            }
            if (!seen.add(column)) {
                throw new CopyFailure(
                        "the first line of the file names the column " + Identifier.of(column) + " twice");
            }
        }
    }

    /** The columns as SQL has them. */
    String quoted() {
        return columns.stream().map(name -> Identifier.of(name).quoted()).collect(Collectors.joining(", "));
    }
}

package dev.backfleet.common.spec.parse;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.SpecProblem;
import dev.backfleet.common.spec.key.SpecNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads the tokens of a file into a tree with lines; rejects YAML features that no such file needs. */
final class SpecTreeReader {
    private static final int DEEPEST = 6;
    private static final Pattern GLUED_COMMENT = Pattern.compile("[ \\t]+#[^\\s#].*");
    private static final String QUOTES = "'\"|>";
    private static final Pattern LINE_BREAK = Pattern.compile("\\r\\n|[\\r\\n\\u0085\\u2028\\u2029]");

    private final String file;
    private final String least;
    private final JsonParser parser;
    private final List<String> lines;

    SpecTreeReader(String file, String text, JsonParser parser, String least) {
        this.file = file;
        this.least = least;
        this.parser = parser;
        this.lines = List.of(LINE_BREAK.split(text, -1));
    }

    /** The whole file: one group of keys, and nothing after it. */
    SpecNode.Mapping read() throws IOException {
        var first = parser.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            throw problem(OptionalInt.empty(), "", "the file is empty", least);
        }
        var root = node("", line(), 0);
        if (!(root instanceof SpecNode.Mapping mapping)) {
            var here = OptionalInt.of(root.line());
            throw problem(here, "", "the file is " + root.kind() + ", not a group of keys", least);
        }
        if (parser.nextToken() != null) {
            throw problem(at(), "", "a second document begins here", "put each into a file of its own");
        }
        return mapping;
    }

    private SpecNode node(String path, int line, int depth) throws IOException {
        refuseTricks(path);
        if (depth > DEEPEST) {
            throw problem(at(), path, "is nested too deep", "see the reference for the known keys");
        }
        return switch (token()) {
            case START_OBJECT -> mapping(path, line, depth);
            case START_ARRAY -> sequence(path, line, depth);
            default -> scalar(path, line);
        };
    }

    private SpecNode scalar(String path, int line) throws IOException {
        var scalar = new SpecNode.Scalar(line, parser.getText(), token() == JsonToken.VALUE_NULL, isGlued());
        if (parser instanceof YAMLParser) {
            int first = parser.currentTokenLocation().getLineNr();
            int last = Math.min(parser.currentLocation().getLineNr(), lines.size());
            if (first >= 1 && first < last) {
                FoldedText.damage(scalar.text(), lines.subList(first - 1, last)).ifPresent(what -> {
                    throw problem(OptionalInt.of(line), path, what, FoldedText.REMEDY);
                });
            }
        }
        return scalar;
    }

    private SpecNode mapping(String path, int line, int depth) throws IOException {
        var entries = new LinkedHashMap<String, SpecNode>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var key = parser.getText();
            var inner = path.isEmpty() ? key : path + "." + key;
            int keyLine = line();
            refuseTricks(inner);
            refuseDuplicate(entries, key, inner);
            parser.nextToken();
            entries.put(key, node(inner, keyLine, depth + 1));
        }
        return new SpecNode.Mapping(line, Collections.unmodifiableMap(entries));
    }

    private SpecNode sequence(String path, int line, int depth) throws IOException {
        var items = new ArrayList<SpecNode>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(node(path, line(), depth + 1));
        }
        return new SpecNode.Sequence(line, List.copyOf(items));
    }

    private void refuseDuplicate(Map<String, SpecNode> entries, String key, String path) {
        var first = entries.get(key);
        if (first != null) {
            throw problem(at(), path, "is written twice, first in line " + first.line(), "remove one of them");
        }
    }

    private void refuseTricks(String path) throws IOException {
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw problem(at(), path, "is a YAML alias (*name)", "write the value itself, or put it in quotes");
        }
        if (parser.getObjectId() != null) {
            throw problem(at(), path, "has a YAML anchor (&name)", "remove it, or put the value in quotes");
        }
        if (parser.getTypeId() != null) {
            throw problem(at(), path, "has a YAML tag (!name)", "remove it, or put the value in quotes");
        }
    }

    private JsonToken token() {
        var token = parser.currentToken();
        if (token == null) {
            throw new IllegalStateException("no token");
        }
        return token;
    }

    // In a: b #>> c, without quotes, YAML silently takes everything from # on for a comment.
    private boolean isGlued() {
        if (!(parser instanceof YAMLParser)) {
            return false;
        }
        var value = restOfLine(parser.currentTokenLocation());
        boolean quoted = !value.isEmpty() && QUOTES.indexOf(value.charAt(0)) >= 0;
        return !quoted
                && GLUED_COMMENT.matcher(restOfLine(parser.currentLocation())).matches();
    }

    private String restOfLine(JsonLocation from) {
        if (from.getLineNr() < 1 || from.getLineNr() > lines.size()) {
            return "";
        }
        var line = lines.get(from.getLineNr() - 1);
        int codePoints = Math.min(from.getColumnNr() - 1, line.codePointCount(0, line.length()));
        return line.substring(line.offsetByCodePoints(0, codePoints));
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    private OptionalInt at() {
        return OptionalInt.of(line());
    }

    private SpecException problem(OptionalInt line, String path, String what, String remedy) {
        return new SpecException(new SpecProblem(file, line, path, what, remedy));
    }
}

package dev.backfleet.common.spec.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.SpecProblem;
import dev.backfleet.common.spec.key.SpecNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** The syntax of a file of keys, YAML or JSON: text to tree, and tree to text. */
public final class SpecDocument {
    private static final int MAX_BYTES = 1 << 20;
    private static final Pattern LOOKS_LIKE_JSON = Pattern.compile("\\s*\\{\\s*[\"}][\\s\\S]*");
    private static final JsonFactory JSON = new JsonFactory();
    private static final YAMLFactory YAML = new YAMLFactory();
    private static final JsonFactory ASCII =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final Pattern OTHER_BREAK = Pattern.compile("[\\u0085\\u2028\\u2029]");
    private static final YAMLFactory WRITTEN = YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .build();

    private SpecDocument() {}

    /**
     * Reads a file of at most 1 MiB.
     *
     * @param fileName for messages, and to recognise JSON by the extension; without a known extension the text decides
     * @param least what such a file has at least, as a clause: the remedy for an empty one
     * @throws SpecException at the first problem
     */
    public static SpecNode.Mapping read(String fileName, String text, String least) {
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new SpecException(new SpecProblem(
                    fileName, OptionalInt.empty(), "", "the file is larger than 1 MiB", "write a shorter one"));
        }
        return tree(fileName, text.startsWith("\uFEFF") ? text.substring(1) : text, least);
    }

    /** The tree as YAML; {@link #read} makes the same tree of it, but for the lines. */
    public static String yaml(SpecNode.Mapping root) {
        var text = written(root, WRITTEN);
        // YAML takes these for line breaks, and would make blanks of them. JSON, which is YAML as well, can escape
        // them.
        return OTHER_BREAK.matcher(text).find() ? written(root, ASCII) : text;
    }

    private static String written(SpecNode.Mapping root, JsonFactory form) {
        var text = new StringWriter();
        try (var generator = form.createGenerator(text)) {
            write(generator, root);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator generator, SpecNode node) throws IOException {
        if (node instanceof SpecNode.Mapping mapping) {
            generator.writeStartObject();
            for (var entry : mapping.entries().entrySet()) {
                generator.writeFieldName(entry.getKey());
                write(generator, entry.getValue());
            }
            generator.writeEndObject();
        } else if (node instanceof SpecNode.Sequence sequence) {
            generator.writeStartArray();
            for (var item : sequence.items()) {
                write(generator, item);
            }
            generator.writeEndArray();
        } else if (node instanceof SpecNode.Scalar scalar && !scalar.isNull()) {
            generator.writeString(scalar.text());
        } else {
            generator.writeNull();
        }
    }

    private static SpecNode.Mapping tree(String fileName, String text, String least) {
        boolean json = isJson(fileName, text);
        try (JsonParser parser = json ? JSON.createParser(text) : YAML.createParser(text)) {
            return new SpecTreeReader(fileName, text, parser, least).read();
        } catch (JsonProcessingException e) {
            throw new BrokenSyntax(fileName, text, json).problem(e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private static boolean isJson(String fileName, String text) {
        var name = fileName.toLowerCase(Locale.ROOT);
        if (name.endsWith(".json")) {
            return true;
        }
        return !name.endsWith(".yaml")
                && !name.endsWith(".yml")
                && LOOKS_LIKE_JSON.matcher(text).matches();
    }
}

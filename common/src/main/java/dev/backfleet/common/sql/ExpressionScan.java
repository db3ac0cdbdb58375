package dev.backfleet.common.sql;

import dev.backfleet.common.unit.BadTextException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;

/**
 * Scans an expression once, as PostgreSQL's lexer does, and decides whether it may be put into a statement. A text that
 * pgjdbc's parser would split at other places than PostgreSQL's lexer is rejected, so that no injection can exploit the
 * difference.
 */
final class ExpressionScan {
    private static final Pattern DOLLAR_QUOTE = Pattern.compile("\\$(?:[A-Za-z_][A-Za-z_0-9]*)?\\$");
    private static final String BLANK_BEFORE = "put a blank before it";

    private final String text;
    private final StringBuilder jdbc = new StringBuilder();
    private final Deque<Integer> open = new ArrayDeque<>();
    private final NameUses uses = new NameUses();
    private boolean hasContent;
    private int at;

    ExpressionScan(String text) {
        this.text = text;
    }

    /** The text with its operators' question marks doubled, if it is exactly one expression. */
    String jdbcText() {
        if (text.indexOf('\0') >= 0) {
            throw ScanErrors.refused("a NUL", text.indexOf('\0'), "take it out");
        }
        if (!Characters.isWellFormed(text)) {
            throw new BadTextException("half of a surrogate pair cannot be sent to PostgreSQL", "take it out");
        }
        while (at < text.length()) {
            int start = at;
            step();
            jdbc.append(text, start, at);
        }
        if (!open.isEmpty()) {
            throw ScanErrors.refused(
                    ScanErrors.shown(text.charAt(open.peek())), open.peek(), "is never closed", "close it");
        }
        uses.end();
        if (!hasContent) {
            throw new BadTextException(
                    text.isBlank() ? "the expression is empty" : "there is nothing but comments",
                    "write an SQL expression over the row's columns");
        }
        return jdbc.toString();
    }

    /** The names in the scanned text. */
    NameUses uses() {
        return uses;
    }

    private void step() {
        if (Characters.isBlank(text.charAt(at))) {
            at++;
        } else if (text.startsWith("--", at)) {
            lineComment();
        } else if (text.startsWith("/*", at)) {
            blockComment();
        } else {
            hasContent = true;
            token(text.charAt(at));
        }
    }

    private void token(char c) {
        uses.follow(c);
        switch (c) {
            case '\'', '"' -> quoted(c);
            case '$' -> dollar();
            case '(', '[' -> {
                open.push(at);
                at++;
            }
            case ')', ']' -> close(c);
            case ',' -> comma();
            case ';' -> throw ScanErrors.refused("\";\"", at, "write one expression, not statements");
            case '{', '}' ->
                throw ScanErrors.refused(ScanErrors.shown(c), at, "JDBC would read it as an escape: put it in quotes");
            case '?' -> {
                jdbc.append('?');
                at++;
            }
            default -> wordOrOperator(c);
        }
    }

    private void wordOrOperator(char c) {
        if (Characters.startsName(c)) {
            word();
        } else if (Characters.isDigit(c)) {
            number();
        } else if (Characters.isOperator(c)) {
            at++;
        } else {
            throw ScanErrors.refused(
                    "the character U+" + "%04X".formatted(text.codePointAt(at)),
                    at,
                    "cannot stand outside of quotes",
                    "put names that have it in double quotes, texts in single quotes");
        }
    }

    private void lineComment() {
        while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
            at++;
        }
    }

    private void blockComment() {
        int start = at;
        if (text.startsWith("/*/", at)) {
            // pgjdbc reads this as a whole comment, PostgreSQL as the beginning of one.
            throw ScanErrors.refused("the comment", start, "starts with /*/", "put a blank after /*");
        }
        int depth = 0;
        do {
            if (text.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (text.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0 && at < text.length());
        if (depth > 0) {
            throw ScanErrors.refused(
                    "the comment", start, "is never closed", "end it, and each that it contains, with */");
        }
    }

    private void quoted(char quote) {
        int start = at;
        for (at++; at < text.length(); at++) {
            if (text.charAt(at) == quote) {
                at++;
                if (at == text.length() || text.charAt(at) != quote) {
                    if (quote == '"') {
                        uses.add(text.substring(start + 1, at - 1).replace("\"\"", "\""));
                    }
                    return;
                }
            }
        }
        throw ScanErrors.neverClosed(start);
    }

    private void word() {
        int start = at;
        while (at < text.length() && Characters.continuesName(text.charAt(at))) {
            at++;
        }
        boolean isE = at == start + 1 && (text.charAt(start) == 'e' || text.charAt(start) == 'E');
        if (isE && at < text.length() && text.charAt(at) == '\'') {
            requireNewToken("the string", start);
            escapeString();
        } else {
            uses.add(Characters.fold(text.substring(start, at)));
        }
    }

    private void number() {
        int start = at;
        while (at < text.length() && Characters.continuesName(text.charAt(at))) {
            at++;
        }
        // Versions of PostgreSQL and pgjdbc differ in where the number ends and a string begins.
        if (text.substring(start, at).indexOf('$') >= 0) {
            throw ScanErrors.refused("\"$\"", text.indexOf('$', start), "follows a number", BLANK_BEFORE);
        }
        if (at < text.length() && (text.charAt(at) == '\'' || text.charAt(at) == '"')) {
            throw ScanErrors.refused("the quote", at, "follows a number", BLANK_BEFORE);
        }
    }

    // For pgjdbc the second part of E'a''b' is an ordinary string, which \' ends; for PostgreSQL the string continues.
    private void escapeString() {
        int start = at;
        boolean doubled = false;
        boolean escaped = false;
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            char next = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
            if (c == '\\') {
                escaped |= next == '\'';
                at++;
            } else if (c == '\'' && next == '\'') {
                doubled = true;
                at++;
            } else if (c == '\'') {
                at++;
                if (doubled && escaped) {
                    throw ScanErrors.refused(
                            "the E'' string", start - 1, "has both '' and \\'", "write each quote inside of it as \\'");
                }
                refuseContinuation(start - 1);
                return;
            }
        }
        throw ScanErrors.neverClosed(start);
    }

    // PostgreSQL joins 'a' <newline> 'b', and the second part is an E'' string as well; to pgjdbc it is an ordinary
    // one.
    private void refuseContinuation(int start) {
        int end = at;
        while (at < text.length()
                && (Characters.isBlank(text.charAt(at)) || text.startsWith("--", at) || text.startsWith("/*", at))) {
            step();
        }
        if (at < text.length() && text.charAt(at) == '\'') {
            throw ScanErrors.refused(
                    "the E'' string", start, "is continued by another string", "write it as one, or join with ||");
        }
        at = end;
    }

    private void dollar() {
        int start = at;
        if (at + 1 < text.length() && Characters.isDigit(text.charAt(at + 1))) {
            throw ScanErrors.refused("a parameter", at, "an expression has none: write the value itself");
        }
        var tag = DOLLAR_QUOTE.matcher(text).region(at, text.length());
        if (!tag.lookingAt()) {
            throw ScanErrors.refused("\"$\"", at, "starts no dollar quote", "write $$text$$, $tag$text$tag$ or 'text'");
        }
        requireNewToken("the dollar quote", start);
        int close = text.indexOf(tag.group(), tag.end());
        if (close < 0) {
            throw ScanErrors.refused("the dollar quote", start, "is never closed", "end it with " + tag.group());
        }
        at = close + tag.group().length();
    }

    private void close(char c) {
        if (open.isEmpty()) {
            throw ScanErrors.refused(ScanErrors.shown(c), at, "closes nothing", "remove it or open it before");
        }
        int opened = open.pop();
        if ((c == ')') != (text.charAt(opened) == '(')) {
            throw ScanErrors.refused(
                    ScanErrors.shown(c),
                    at,
                    "does not close " + ScanErrors.shown(text.charAt(opened)) + " at character " + (opened + 1),
                    "close them in order");
        }
        at++;
    }

    private void comma() {
        if (open.isEmpty()) {
            throw ScanErrors.refused("\",\"", at, "write one expression; a row value is row(...)");
        }
        at++;
    }

    private void requireNewToken(String subject, int start) {
        if (start > 0 && !Characters.endsToken(text.charAt(start - 1))) {
            throw ScanErrors.refused(subject, start, "directly follows something else", BLANK_BEFORE);
        }
    }
}

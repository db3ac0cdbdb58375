package dev.backfleet.matrix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/**
 * The reports of the tests on one version of a server.
 *
 * @param server what the server said about itself
 * @param classes how many classes of tests ran
 * @param tests how many tests
 * @param failed the tests that failed
 * @param skipped how many were skipped, since the version lacks what they test
 */
record MatrixRun(String server, int classes, int tests, List<String> failed, int skipped) {

    /** The file beside the reports with what the server said. */
    static final String SERVER = "server.txt";

    static MatrixRun read(Path reports) throws IOException, ParserConfigurationException, SAXException {
        int tests = 0;
        int skipped = 0;
        int classes = 0;
        var failed = new ArrayList<String>();
        var parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        try (var files = Files.newDirectoryStream(reports, "TEST-*.xml")) {
            for (var file : files) {
                var suite = parser.parse(file.toFile()).getDocumentElement();
                classes++;
                tests += number(suite, "tests");
                skipped += number(suite, "skipped");
                var cases = suite.getElementsByTagName("testcase");
                for (int i = 0; i < cases.getLength(); i++) {
                    var each = (Element) cases.item(i);
                    if (has(each, "failure") || has(each, "error")) {
                        failed.add(each.getAttribute("classname").replaceFirst(".*\\.", "") + "."
                                + each.getAttribute("name"));
                    }
                }
            }
        }
        return new MatrixRun(Files.readString(reports.resolve(SERVER)), classes, tests, failed, skipped);
    }

    private static boolean has(Element test, String what) {
        return test.getElementsByTagName(what).getLength() > 0;
    }

    private static int number(Element suite, String attribute) {
        return Integer.parseInt(suite.getAttribute(attribute));
    }
}

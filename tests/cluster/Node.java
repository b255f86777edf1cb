import org.codelibs.opensearch.runner.OpenSearchRunner;

/** One node of an OpenSearch cluster in this JVM, until its standard input ends: then whoever started it is gone. */
public class Node {
    public static void main(String[] arguments) throws Exception {
        String folder = arguments[0];
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((number, settings) -> {
            for (int i = 1; i < arguments.length; i++) {
                String[] setting = arguments[i].split("=", 2);
                if (setting[1].contains(",")) {
                    settings.putList(setting[0], setting[1].split(","));
                } else {
                    settings.put(setting[0], setting[1]);
                }
            }
        });
        runner.build(OpenSearchRunner.newConfigs().basePath(folder).numOfNode(1).clusterName("searcher-test"));
        while (System.in.read() >= 0) {
            continue;
        }
        Runtime.getRuntime().halt(0);
    }
}

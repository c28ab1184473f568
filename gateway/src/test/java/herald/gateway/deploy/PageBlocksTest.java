package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each shell block of the operators' pages, and what runs it as it stands, or why nothing does. A
 * block that is not here is new, and is to be run by a test too.
 */
final class PageBlocksTest {
  private static final String LEFT_OUT = "left out: ";

  private static Map<String, String> readme() {
    Map<String, String> blocks = new LinkedHashMap<>();
    blocks.put(
        "./mvnw -q -Pdemo",
        LEFT_OUT + "builds it and runs all tests, of which this is one; DemoPageIT plays the demo");
    blocks.put(
        "./mvnw -q -DskipTests package", "PagesIT, but for the two lines that build what it tests");
    blocks.put("HERALD_KEY=… bin/herald sign", "PagesIT");
    blocks.put("deploy/try-it", "TryItIT");
    blocks.put(
        "cd benchmarks/target/herald-bench",
        LEFT_OUT + "takes minutes and a machine of its own; RunCommandIT runs it smaller");
    return blocks;
  }

  private static Map<String, String> operations() {
    Map<String, String> blocks = new LinkedHashMap<>();
    blocks.put("openssl pkcs8", "OperationsPageIT");
    blocks.put(
        "herald relay --database",
        LEFT_OUT + "needs three servers of NATS; RelayIT runs relays and an instance with one");
    blocks.put("curl http://127.0.0.1:9090/log-level", "PagesIT");
    blocks.put("head -c 24 /dev/urandom", "OperationsPageIT");
    blocks.put("bin/herald explain", "PagesIT");
    blocks.put("curl 'http://127.0.0.1:9090/status?user=", "PagesIT");
    return blocks;
  }

  private static Map<String, String> deployment() {
    Map<String, String> blocks = new LinkedHashMap<>();
    blocks.put("version=0.1.0", "MachineIT");
    blocks.put("version=0.2.0", "MachineIT");
    blocks.put("ln -sfn /opt/herald-0.1.0", "MachineIT");
    blocks.put(
        "docker build", LEFT_OUT + "needs a container engine; ImageStepsIT runs the image's steps");
    blocks.put(
        "kubectl create namespace",
        LEFT_OUT + "needs a cluster; HelmChartIT and KustomizeIT render what is applied");
    blocks.put("{ printf 'apiVersion:", "KubernetesManifestsTest, but for the cluster");
    return blocks;
  }

  private static Map<String, String> chart() {
    String why = LEFT_OUT + "needs a cluster; HelmChartIT renders what is installed and upgraded";
    Map<String, String> blocks = new LinkedHashMap<>();
    blocks.put("kubectl create namespace", why);
    blocks.put("helm upgrade", why);
    return blocks;
  }

  @Test
  void eachBlockIsRunOrThereIsAReason() throws Exception {
    Map<String, Map<String, String>> pages =
        Map.of(
            "README.md", readme(),
            "docs/operations.md", operations(),
            "docs/stream.md", Map.of(),
            "deploy/README.md", deployment(),
            "deploy/helm/herald/README.md", chart());
    for (Map.Entry<String, Map<String, String>> page : pages.entrySet()) {
      List<String> known = List.copyOf(page.getValue().keySet());
      List<String> blocks = PageBlocks.all(page.getKey());
      assertThat(blocks).as(page.getKey()).hasSameSizeAs(known);
      for (int i = 0; i < blocks.size(); i++) {
        assertThat(blocks.get(i)).as(page.getKey()).startsWith(known.get(i));
      }
    }
  }

  @Test
  void theTestsThatAreNamedExist() throws Exception {
    Set<String> tests = new TreeSet<>();
    for (String folder : List.of("gateway/src/test/java", "benchmarks/src/test/java")) {
      try (Stream<Path> files = Files.walk(DeployFiles.inRepository(folder))) {
        files.forEach(file -> tests.add(file.getFileName().toString()));
      }
    }
    assertThat(Stream.of(readme(), operations(), deployment(), chart()))
        .flatMap(Map::values)
        .allSatisfy(
            how -> {
              Matcher named = Pattern.compile("\\w+(IT|Test)\\b").matcher(how);
              assertThat(named.results().map(found -> found.group() + ".java").toList())
                  .as(how)
                  .isNotEmpty()
                  .isSubsetOf(tests);
            });
  }
}

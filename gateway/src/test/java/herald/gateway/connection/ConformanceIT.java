package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import herald.gateway.config.ByteSize;
import herald.gateway.config.ConnectionSettings;
import herald.protocol.WalletKey;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The Autobahn test suite's categories 1 to 7 and 10 against the production pipeline, each case
 * with the suite's own verdict; in the profile {@code conformance} also category 9, which takes
 * minutes. The build fetches the suite; what every case ended with is in {@code
 * target/conformance/report.txt}.
 *
 * <p>A case that fails is run a second time, and its second verdict counts. About once in a few
 * thousand cases the suite, which runs in Jython, does not notice bytes that it has read from its
 * socket. What a server does wrong is wrong each time.
 */
class ConformanceIT {
  private static final List<String> QUICK = List.of("1.*,2.*,3.*,4.*,5.*,6.*,7.*,10.*");
  private static final int QUICK_CASES = 247;
  private static final List<String> ALL = List.of(QUICK.get(0), "9.*");
  private static final int ALL_CASES = 301;

  /** Category 9 sends messages of up to 16 MiB; the gateway's own bound is 1 MiB. */
  private static final int MAX_MESSAGE_BYTES = 32 << 20;

  /** More do not fail by chance. */
  private static final int MOST_REPEATED = 3;

  private static final long TIMEOUT_MINUTES = 25;
  private static final Path FOLDER = Path.of("target", "conformance");

  /**
   * @param behavior what the suite says of the messages, pings and pongs
   * @param close what it says of the closing handshake
   */
  private record Verdict(String id, String behavior, String close) {
    String category() {
      return id.substring(0, id.indexOf('.'));
    }

    boolean isGood() {
      return (behavior.equals("OK") || behavior.equals("INFORMATIONAL"))
          && (close.equals("OK") || close.equals("INFORMATIONAL"));
    }
  }

  @Test
  void noCaseFails() throws Exception {
    ConnectionSettings settings =
        ConnectionSettings.builder()
            .maxConnections(1_000)
            .pingInterval(Duration.ofMinutes(10))
            .idleTimeout(Duration.ofMinutes(20))
            .acknowledgeInterval(Duration.ofMinutes(10))
            .writeDeadline(Duration.ofMinutes(1))
            .maxMessage(new ByteSize(MAX_MESSAGE_BYTES))
            .build();
    boolean all = Boolean.getBoolean("herald.conformance.all");
    Map<String, Verdict> verdicts = new TreeMap<>(ConformanceIT::compareIds);
    try (EchoServer server = new EchoServer(settings)) {
      verdicts.putAll(run(server, "group", all ? ALL : QUICK));
      List<Verdict> failed = failed(verdicts);
      if (!failed.isEmpty() && failed.size() <= MOST_REPEATED) {
        System.out.println("run again: " + failed);
        String cases = failed.stream().map(Verdict::id).collect(Collectors.joining(","));
        verdicts.putAll(run(server, "again", List.of(cases)));
      }
    }
    report(verdicts.values());
    assertThat(failed(verdicts)).isEmpty();
    assertThat(verdicts).hasSize(all ? ALL_CASES : QUICK_CASES);
  }

  private static List<Verdict> failed(Map<String, Verdict> verdicts) {
    return verdicts.values().stream().filter(verdict -> !verdict.isGood()).toList();
  }

  /**
   * Runs groups of cases beside one another.
   *
   * @param name of the folders of their reports, each with a number behind it
   */
  private static Map<String, Verdict> run(EchoServer server, String name, List<String> groups)
      throws IOException, InterruptedException {
    List<Process> clients = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      clients.add(start(server.port(), groups.get(i), FOLDER.resolve(name + i)));
    }
    Map<String, Verdict> verdicts = new HashMap<>();
    for (int i = 0; i < groups.size(); i++) {
      try {
        assertThat(clients.get(i).waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES))
            .as("the cases %s end in time", groups.get(i))
            .isTrue();
      } finally {
        clients.get(i).destroyForcibly();
      }
      for (Verdict verdict : read(FOLDER.resolve(name + i).resolve("index.json"))) {
        verdicts.put(verdict.id(), verdict);
      }
    }
    return verdicts;
  }

  private static Process start(int port, String cases, Path reports) throws IOException {
    URL script = ConformanceIT.class.getResource("/conformance/fuzzingclient.py");
    Files.createDirectories(reports);
    Files.deleteIfExists(reports.resolve("index.json"));
    File log = reports.resolve("client.log").toFile();
    String url =
        "ws://127.0.0.1:"
            + port
            + WalletKey.random(new SecureRandom())
                .signedPath(UpgradeRequest.PATH, System.currentTimeMillis());
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xmx1g",
            "-Dpython.cachedir.skip=true",
            "-jar",
            FOLDER.resolve("jython-standalone.jar").toString(),
            Path.of(script.getPath()).toString(),
            FOLDER.resolve("suite").toString(),
            reports.toString(),
            url,
            cases)
        .redirectErrorStream(true)
        .redirectOutput(log)
        .start();
  }

  private static List<Verdict> read(Path index) throws IOException {
    List<Verdict> verdicts = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(index.toFile())) {
      json.nextToken();
      json.nextFieldName(); // the agent
      json.nextToken();
      for (String id = json.nextFieldName(); id != null; id = json.nextFieldName()) {
        Map<String, String> members = new TreeMap<>();
        json.nextToken();
        while (json.nextToken() != JsonToken.END_OBJECT) {
          String name = json.currentName();
          json.nextToken();
          members.put(name, json.getText());
        }
        verdicts.add(
            new Verdict(id, require(members, "behavior"), require(members, "behaviorClose")));
      }
    }
    return verdicts;
  }

  private static String require(Map<String, String> members, String name) {
    return Objects.requireNonNull(members.get(name), name);
  }

  private static int compareIds(String a, String b) {
    return Arrays.compare(numbers(a), numbers(b));
  }

  private static int[] numbers(String id) {
    return Arrays.stream(id.split("\\.", -1)).mapToInt(Integer::parseInt).toArray();
  }

  private static void report(Collection<Verdict> verdicts) throws IOException {
    Map<Integer, Map<String, Integer>> counts = new TreeMap<>();
    StringBuilder report = new StringBuilder();
    for (Verdict verdict : verdicts) {
      String ended = verdict.behavior + ", close " + verdict.close;
      report.append("%-8s %s%n".formatted(verdict.id, ended));
      counts
          .computeIfAbsent(Integer.valueOf(verdict.category()), category -> new TreeMap<>())
          .merge(ended, 1, Integer::sum);
    }
    counts.forEach(
        (category, ends) -> {
          String line = "category %2d: %s".formatted(category, ends);
          report.append(line).append('\n');
          System.out.println(line);
        });
    String total = verdicts.size() + " cases ran";
    System.out.println(total);
    Files.writeString(
        FOLDER.resolve("report.txt"), report.append(total).append('\n'), StandardCharsets.UTF_8);
  }
}

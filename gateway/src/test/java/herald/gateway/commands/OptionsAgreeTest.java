package herald.gateway.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.config.ByteSize;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.Durations;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HandshakeSettings;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Options, their environment variables and the settings that they make say the same. */
class OptionsAgreeTest {
  private static final String URL = "postgresql://me@db/x";

  /** With these, an option that goes with another can be changed alone. */
  private static final Map<String, String> BASE =
      Map.ofEntries(
          Map.entry("--database", URL),
          Map.entry("--trusted-proxies", "10.0.0.0/8"),
          Map.entry("--allowed-origins", "https://a.example"),
          Map.entry("--tls-certificate", "tls.crt"),
          Map.entry("--tls-key", "tls.key"),
          Map.entry("--admin-tls-certificate", "admin.crt"),
          Map.entry("--admin-tls-key", "admin.key"),
          Map.entry("--feed", "nats://127.0.0.1"),
          Map.entry("--feed-ca", "ca.crt"),
          Map.entry("--feed-user", "me"),
          Map.entry("--feed-password-file", "password"),
          Map.entry("--feed-token-file", "token"),
          Map.entry("--feed-credentials", "me.creds"),
          Map.entry("--admin-client-ca", "ca.crt"),
          Map.entry("--admin-token-file", "admin.token"),
          Map.entry("--otlp-endpoint", "http://127.0.0.1:4318/v1/traces"));

  /** Values other than the base's, of options whose type does not say any. */
  private static final Map<String, String> OTHERS =
      Map.ofEntries(
          Map.entry("--database", "postgresql://me@other/x"),
          Map.entry("--read-database", "postgresql://me@replica/x"),
          Map.entry("--bind", "127.0.0.1:8081"),
          Map.entry("--admin", "127.0.0.1:9091"),
          Map.entry("--trusted-proxies", "fd00::/8"),
          Map.entry("--allowed-origins", "https://b.example"),
          Map.entry("--tls-certificate", "other.crt"),
          Map.entry("--tls-key", "other.key"),
          Map.entry("--admin-tls-certificate", "other.crt"),
          Map.entry("--admin-tls-key", "other.key"),
          Map.entry("--admin-client-ca", "other.crt"),
          Map.entry("--admin-token-file", "token"),
          Map.entry("--feed", "tls://other:4223"),
          Map.entry("--feed-stream", "other"),
          Map.entry("--feed-ca", "other.crt"),
          Map.entry("--feed-user", "somebody"),
          Map.entry("--feed-password-file", "other"),
          Map.entry("--feed-token-file", "other"),
          Map.entry("--feed-credentials", "other.creds"),
          Map.entry("--otlp-endpoint", "https://collector.example/v1/traces"),
          Map.entry("--trace-ratio", "0.5"),
          Map.entry("--device-cookie", "other"),
          Map.entry("--share-positions", "off"),
          Map.entry("--recovery", "java"),
          Map.entry("--recovery-threads", "77"),
          Map.entry("--event-loops", "77"),
          Map.entry("--log-size", "3m"),
          Map.entry("--transport", "nio"),
          Map.entry("--direct-writes", "off"),
          Map.entry("--forwarded-header", "forwarded"));

  /** What they decide is not of the configuration, or is read when they are parsed. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "--config",
          "--access-log",
          "--log-format",
          "--log-level",
          "--database-password-file",
          "--help",
          "--version");

  @TempDir private Path folder;

  private static CommandLine serve(Map<String, String> environment) {
    return Objects.requireNonNull(
        HeraldCommand.commandLine(environment).getSubcommands().get("serve"));
  }

  private static GatewayConfig config(Map<String, String> environment, Map<String, String> given) {
    List<String> words = new ArrayList<>(List.of("serve"));
    given.forEach((name, value) -> words.add(value.isEmpty() ? name : name + "=" + value));
    String[] arguments = words.toArray(String[]::new);
    CommandLine herald = HeraldCommand.commandLine(environment, arguments);
    CommandLine serve = herald.parseArgs(arguments).subcommand().commandSpec().commandLine();
    return ((ServeCommand) serve.getCommand()).config();
  }

  @Test
  void withoutOptionsTheSettingsAreTheirOwnDefaults() {
    assertThat(config(Map.of(), Map.of("--database", URL)))
        .isEqualTo(GatewayConfig.defaults(DatabaseUrl.parse(URL)));
  }

  @Test
  void eachOptionItsVariableAndItsNameInAFileChangeTheSameSettingAndEachSettingHasOne()
      throws IOException {
    GatewayConfig base = config(Map.of(), BASE);
    Set<String> changeable = new TreeSet<>();
    for (OptionSpec option : serve(Map.of()).getCommandSpec().options()) {
      String name = option.longestName();
      if (!ELSEWHERE.contains(name)) {
        GatewayConfig changed = changed(option);
        assertThat(changed).as(name).isNotEqualTo(base);
        changeable.addAll(differences(base, changed));
      }
    }
    assertThat(changeable).isEqualTo(leaves(base).keySet());
  }

  /** By option, by variable and by file, with the first value that differs and makes sense. */
  private GatewayConfig changed(OptionSpec option) throws IOException {
    IllegalArgumentException refused = new IllegalArgumentException("no value was tried");
    for (String value : candidates(option)) {
      Map<String, String> given = new HashMap<>(BASE);
      given.remove(option.longestName());
      Map<String, String> environment =
          Map.of(OptionDefaults.variable(option.longestName()), value.isEmpty() ? "true" : value);
      try {
        GatewayConfig byVariable = config(environment, given);
        Path file = folder.resolve("herald.properties");
        Files.writeString(
            file, option.longestName().substring(2) + " = " + (value.isEmpty() ? "true" : value));
        assertThat(config(Map.of("HERALD_CONFIG", file.toString()), given))
            .as("%s in a file", option.longestName())
            .isEqualTo(byVariable);
        given.put(option.longestName(), value);
        assertThat(config(Map.of(), given)).as(option.longestName()).isEqualTo(byVariable);
        return byVariable;
      } catch (IllegalArgumentException e) {
        refused = e;
      }
    }
    throw refused;
  }

  private static List<String> candidates(OptionSpec option) {
    String other = OTHERS.get(option.longestName());
    Object initial = option.initialValue();
    if (other != null) {
      return List.of(other);
    }
    if (initial instanceof Duration duration) {
      return List.of(
          Durations.text(duration.plusSeconds(1)), Durations.text(duration.plusHours(1)));
    }
    if (initial instanceof ByteSize size) {
      return List.of(new ByteSize(size.bytes() + 1_024).toString());
    }
    return List.of(
        initial instanceof Boolean ? "" : Long.toString(Long.parseLong(initial.toString()) + 1));
  }

  private static Set<String> differences(GatewayConfig one, GatewayConfig other) {
    Map<String, Object> otherLeaves = leaves(other);
    Set<String> names = new TreeSet<>();
    leaves(one)
        .forEach(
            (name, value) -> {
              if (!Objects.equals(value, otherLeaves.get(name))) {
                names.add(name);
              }
            });
    return names;
  }

  /** All settings with their values, by the way to them. */
  private static Map<String, Object> leaves(GatewayConfig config) {
    Map<String, Object> leaves = new LinkedHashMap<>();
    collect("", config, leaves);
    return leaves;
  }

  private static void collect(String way, Object value, Map<String, Object> into) {
    if (!value.getClass().isRecord()
        || !value.getClass().getSimpleName().matches(".*(Settings|Config)")) {
      into.put(way, value);
      return;
    }
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      try {
        collect(way + "/" + component.getName(), component.getAccessor().invoke(value), into);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError(component.getName(), e);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--ping-interval     | 999ms    | ping interval is 999 ms (expected: 1000 ms or more)",
        "--idle-timeout      | 30s      | idle timeout is 30000 ms (expected: more than the ping"
            + " interval of 30000 ms)",
        "--write-deadline    | 600h     | write deadline is 25 days (expected: 24 days or less)",
        "--query-timeout     | 999999999999h | query timeout is 41666666666 days (expected: 24 days"
            + " or less)",
        "--signature-life    | 99999h   | signature life is 4166 days (expected: 3650 days or"
            + " less)",
        "--high-watermark    | 32k      | high watermark is 32768 bytes (expected: more than the"
            + " low watermark of 32768 bytes)",
        "--max-message       | 2g       | max message is 2147483648 bytes (expected: less than 2g)",
        "--max-inbound-bytes | 4g       | inbound bytes per second is 4294967296 bytes (expected:"
            + " less than 2g)",
        "--log-size          | 1023k    | log size is 1047552 bytes (expected: 1048576 bytes or"
            + " more)",
        "--max-lifetime      | 59s      | max lifetime (0 is without end) is 59000 ms (expected:"
            + " 60000 ms or more)",
        "--drain-period      | 18s      | drain timeout is 25000 ms (expected: more than the"
            + " drain's delay, period and confirmation together of 25000 ms)",
        "--max-held          | -1       | max held is -1 (expected: 0 or more)",
        "--event-loops       | 0        | event loops is 0 (expected: 1 or more)",
        "--bind              | 8080     | '8080' is not an address (expected: host:port, for"
            + " example 0.0.0.0:8080)",
        "--trusted-proxies   | 10.0.0.0/33 | '10.0.0.0/33' is no network (expected: for example"
            + " 10.0.0.0/8, 192.0.2.7 or fd00::/8)",
        "--tls-key           | a.key    | --tls-key is given alone (expected: --tls-certificate and"
            + " --tls-key)",
        "--admin-tls-certificate | a.crt | --admin-tls-certificate is given alone (expected:"
            + " --admin-tls-certificate and --admin-tls-key)",
        "--admin-client-ca   | ca.crt   | --admin-client-ca is given without TLS (expected:"
            + " --admin-tls-certificate and --admin-tls-key)",
      })
  void aValueThatMakesNoSenseIsRefusedInOneSentence(String option, String value, String sentence) {
    assertThatThrownBy(() -> config(Map.of(), Map.of("--database", URL, option, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(sentence);
  }

  @Test
  void whatAnotherProgramCallsHeraldVersionIsNotAnOption() {
    Map<String, String> environment = Map.of("HERALD_VERSION", "0.1.0", "HERALD_HELP", "yes");
    assertThat(config(environment, Map.of("--database", URL)))
        .isEqualTo(GatewayConfig.defaults(DatabaseUrl.parse(URL)));
  }

  @Test
  void aRecoveryPoolIsAsLargeAsTheMachineUnlessToldOtherwise() {
    assertThat(config(Map.of(), Map.of("--database", URL)).handshakes().recoveryThreads())
        .isEqualTo(HandshakeSettings.defaults().recoveryThreads())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
  }
}

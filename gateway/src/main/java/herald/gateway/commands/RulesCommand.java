package herald.gateway.commands;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code herald rules}: the rules of {@code deploy/prometheus}, ready for Prometheus. */
@Command(
    name = "rules",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    description =
        "Prints the recording and alerting rules for Prometheus. Each alert has a link to its"
            + " section of the runbook.",
    footer = {
      "",
      "Example: herald rules --runbook-url https://wiki.example/herald > herald.rules.yml"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class RulesCommand implements Callable<Integer> {
  private static final String FILE = "/prometheus/herald.rules.yml";
  private static final String RUNBOOK = "docs/operations.md";

  /** Without what would end the link or the line of YAML: quotes, blanks, a fragment. */
  private static final Pattern URL = Pattern.compile("https?://[^\\s#\"'\\\\{}]+");

  @Spec private CommandSpec spec;

  @Option(
      names = "--runbook-url",
      paramLabel = "URL",
      description =
          "Where your copy of docs/operations.md is; the links become absolute. Behind it comes #"
              + " and the name of the alert in small letters.")
  private String runbook = RUNBOOK;

  @Override
  public Integer call() throws IOException {
    if (!runbook.equals(RUNBOOK) && !URL.matcher(runbook).matches()) {
      throw new IllegalArgumentException(
          "--runbook-url is '"
              + runbook
              + "' (expected: https://host/path, without # and what follows it)");
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(rules().replace("runbook_url: " + RUNBOOK + "#", "runbook_url: " + runbook + "#"));
    out.flush();
    return 0;
  }

  private static String rules() throws IOException {
    try (InputStream in = RulesCommand.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(
            FILE + " is not on the class path (expected: in the gateway's jar)");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

package herald.benchmarks.commands;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * A command of {@code herald-bench} that has been run against the gateway that the same build has
 * just packaged.
 *
 * @param status with which it has ended
 * @param output what it has printed
 */
record BenchRun(int status, String output) {
  /** The option that names that gateway. */
  static final String HERALD = "--herald=../gateway/target/herald/bin/herald";

  /** Runs it. */
  static BenchRun of(String... arguments) {
    StringWriter out = new StringWriter();
    CommandLine commandLine = BenchCommand.commandLine();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(out));
    return new BenchRun(commandLine.execute(arguments), out.toString());
  }
}

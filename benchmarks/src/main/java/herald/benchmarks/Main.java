package herald.benchmarks;

import herald.benchmarks.commands.BenchCommand;

/** Starts the command line of the load driver. */
public final class Main {
  private Main() {}

  /** Runs the command that {@code args} name and exits with its code. */
  public static void main(String[] args) {
    System.exit(BenchCommand.commandLine().execute(args));
  }
}

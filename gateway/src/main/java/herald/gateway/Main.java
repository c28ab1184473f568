package herald.gateway;

import herald.gateway.commands.HeraldCommand;
import herald.gateway.logging.Logs;

/** Starts the command line. */
public final class Main {
  private Main() {}

  /** Runs the command that {@code args} name and exits with its code. */
  public static void main(String[] args) {
    Logs.gatherJavaUtilLogging();
    int exitCode = HeraldCommand.commandLine(System.getenv(), args).execute(args);
    Logs.finish();
    System.exit(exitCode);
  }
}

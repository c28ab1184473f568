package herald.gateway;

import herald.gateway.commands.HeraldCommand;
import herald.gateway.logging.Logs;
import herald.gateway.rehearsal.ArchivedClasses;
import java.io.IOException;

/** Starts the command line. {@code herald archive} sets the property {@code herald.archive}. */
public final class Main {
  private Main() {}

  /** Runs the command that {@code args} name and exits with its code. */
  public static void main(String[] args) throws IOException {
    if (System.getProperty("herald.archive") != null) {
      ArchivedClasses.load();
    }
    Logs.gatherJavaUtilLogging();
    int exitCode = HeraldCommand.commandLine(System.getenv(), args).execute(args);
    Logs.finish();
    System.exit(exitCode);
  }
}

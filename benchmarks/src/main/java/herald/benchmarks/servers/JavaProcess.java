package herald.benchmarks.servers;

import java.util.ArrayList;
import java.util.List;

/** Further processes of the driver itself: the same Java, the same class path, another command. */
public final class JavaProcess {
  private static final int NATIVE_ACCESS_FLAG_SINCE = 24;

  private JavaProcess() {}

  /** The command line that runs a command of {@code herald-bench} in a JVM with these options. */
  public static List<String> command(List<String> jvmOptions, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(jvmOptions);
    if (Runtime.version().feature() >= NATIVE_ACCESS_FLAG_SINCE) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "herald.benchmarks.Main"));
    command.addAll(List.of(arguments));
    return command;
  }
}

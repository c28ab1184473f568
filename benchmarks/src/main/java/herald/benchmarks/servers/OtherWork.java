package herald.benchmarks.servers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Other programs on the same machine: processes that each keep one processor busy. */
public final class OtherWork implements AutoCloseable {
  private final List<Process> processes = new ArrayList<>();

  private OtherWork() {}

  /** Starts so many. */
  public static OtherWork start(int processes) throws IOException {
    OtherWork work = new OtherWork();
    for (int i = 0; i < processes; i++) {
      // It ends when its input does, and so also when this process does.
      work.processes.add(
          new ProcessBuilder("sh", "-c", "while :; do :; done & read line; kill $!")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start());
    }
    return work;
  }

  /** How many there are. */
  public int processes() {
    return processes.size();
  }

  @Override
  public void close() throws IOException {
    for (Process process : processes) {
      process.getOutputStream().close();
    }
  }
}

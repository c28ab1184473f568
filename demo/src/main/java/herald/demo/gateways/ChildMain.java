package herald.demo.gateways;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Runs another program's main method in a process that ends with its parent: its standard input is
 * a pipe that the parent holds open, and the kernel closes it even if the parent is killed.
 */
final class ChildMain {
  private ChildMain() {}

  /**
   * Starts.
   *
   * @param args the name of a class with a main method, and that method's arguments
   */
  public static void main(String[] args) throws ReflectiveOperationException {
    Thread parent = new Thread(() -> exitAtEndOf(System.in), "parent");
    parent.setDaemon(true);
    parent.start();
    try {
      Class.forName(args[0])
          .getMethod("main", String[].class)
          .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(args[0] + " has failed", e.getCause());
    }
  }

  private static void exitAtEndOf(InputStream in) {
    try (in) {
      while (in.read() >= 0) {
        // Nothing is said over the pipe.
      }
    } catch (IOException e) {
      // The parent is gone as well.
    }
    System.exit(0);
  }
}

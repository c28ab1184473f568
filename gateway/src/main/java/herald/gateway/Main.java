package herald.gateway;

/** Starts the command line. */
public final class Main {
  private Main() {}

  /** Runs the command named by {@code args}. */
  public static void main(String[] args) {}
}

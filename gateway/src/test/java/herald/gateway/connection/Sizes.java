package herald.gateway.connection;

/**
 * How hard the fault tests try: a little in every build, in full with {@code -Pfaults}. Each prints
 * one line with what it saw.
 */
final class Sizes {
  private static final boolean FULL = Boolean.getBoolean("herald.faults.full");

  private Sizes() {}

  static int of(int little, int full) {
    return FULL ? full : little;
  }

  static void figure(String what, Object... values) {
    System.out.printf("fault: " + what + "%n", values);
  }
}

package herald.gateway.check;

/**
 * One thing that was looked at.
 *
 * @param level how it bears on the gateway
 * @param subject what was looked at, in a word or two
 * @param sentence what was found, and unless all is well what was expected and what to do
 */
public record Finding(Level level, String subject, String sentence) {

  /** How a finding bears on the gateway. */
  public enum Level {
    /** As it should be. */
    OK,
    /** The gateway works, but something is worth a look. */
    WARN,
    /** The gateway can't keep its promises. */
    FAIL
  }

  /** As it should be. */
  public static Finding ok(String subject, String sentence) {
    return new Finding(Level.OK, subject, sentence);
  }

  /** Worth a look. */
  public static Finding warn(String subject, String sentence) {
    return new Finding(Level.WARN, subject, sentence);
  }

  /** The gateway can't keep its promises. */
  public static Finding fail(String subject, String sentence) {
    return new Finding(Level.FAIL, subject, sentence);
  }
}

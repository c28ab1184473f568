package herald.gateway.exchange;

import java.util.List;

/**
 * A message of one instance to the others.
 *
 * <p>Its text is of words: its kind, the instance that sends it in hexadecimal digits, and what the
 * kind says. Bodies are those of {@link EntryCodec}. The number of a message is one more than that
 * of the sender's last one, so whoever hears them notices that one is missing.
 */
sealed interface ExchangeMessage {
  /** The longest text that is read. */
  int MAX_CHARS = 8_000;

  /** The instance that sends it. */
  long sender();

  /** As it is sent. */
  String text();

  /**
   * The sender asks for a snapshot.
   *
   * @param asked the instance that is asked, or {@link #ALL}
   */
  record Hello(long sender, long asked) implements ExchangeMessage {
    /** All instances are asked. */
    static final long ALL = 0;

    private static final String KIND = "h";

    boolean isFor(long instance) {
      return asked == ALL || asked == instance;
    }

    @Override
    public String text() {
      return join(KIND, hex(sender), hex(asked));
    }
  }

  /** What has changed at the sender. */
  record Changes(long sender, long number, String body) implements ExchangeMessage {
    private static final String KIND = "c";

    @Override
    public String text() {
      return join(KIND, hex(sender), Long.toString(number), body);
    }
  }

  /** A part of all that the sender knows. */
  record Snapshot(long sender, long number, boolean isFirst, boolean isLast, String body)
      implements ExchangeMessage {
    private static final String KIND = "s";

    /** Neither the first part nor the last, the first, the last, both. */
    private static final List<String> PARTS = List.of("m", "f", "e", "a");

    private static final int FIRST = 1;
    private static final int LAST = 2;

    private static Snapshot parse(long sender, String[] words) {
      int part = PARTS.indexOf(words[3]);
      return new Snapshot(
          sender, Long.parseLong(words[2]), (part & FIRST) != 0, (part & LAST) != 0, words[4]);
    }

    @Override
    public String text() {
      String part = PARTS.get((isFirst ? FIRST : 0) | (isLast ? LAST : 0));
      return join(KIND, hex(sender), Long.toString(number), part, body);
    }
  }

  /**
   * The sender asks what another instance knows of a third one's positions.
   *
   * @param asked the instance that is asked
   * @param about the instance about whose positions it is asked
   */
  record Question(long sender, long asked, long about) implements ExchangeMessage {
    private static final String KIND = "q";

    @Override
    public String text() {
      return join(KIND, hex(sender), hex(asked), hex(about));
    }
  }

  /** The sender has ended in an orderly way, and says nothing more. */
  record Left(long sender, long number) implements ExchangeMessage {
    private static final String KIND = "l";

    @Override
    public String text() {
      return join(KIND, hex(sender), Long.toString(number));
    }
  }

  /**
   * Reads a text that has been heard, from whoever may write to the channel.
   *
   * @throws IllegalArgumentException or IndexOutOfBoundsException for a text that is no message
   */
  static ExchangeMessage parse(String text) {
    if (text.length() > MAX_CHARS) {
      throw new IllegalArgumentException("a message of " + text.length() + " characters");
    }
    String[] words = text.split(" ", -1);
    long sender = instance(words[1]);
    return switch (words[0]) {
      case Hello.KIND -> new Hello(sender, instance(words[2]));
      case Changes.KIND -> new Changes(sender, Long.parseLong(words[2]), words[3]);
      case Snapshot.KIND -> Snapshot.parse(sender, words);
      case Question.KIND -> new Question(sender, instance(words[2]), instance(words[3]));
      case Left.KIND -> new Left(sender, Long.parseLong(words[2]));
      default -> throw new IllegalArgumentException("a message of kind " + words[0]);
    };
  }

  /** Whether an instance waits for the answer before it is ready. */
  static boolean isUrgent(String text) {
    return text.startsWith(Hello.KIND) || text.startsWith(Question.KIND);
  }

  private static long instance(String word) {
    return Long.parseUnsignedLong(word, 16);
  }

  private static String hex(long instance) {
    return Long.toUnsignedString(instance, 16);
  }

  private static String join(String... words) {
    return String.join(" ", words);
  }
}

package herald.protocol;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;

/** Moments in UTC as RFC 3339 has them, without trailing zeros in the fraction. */
public final class EventTimestamp {
  private static final LocalDateTime EPOCH = LocalDateTime.of(1970, 1, 1, 0, 0);
  private static final DateTimeFormatter FORMAT =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendLiteral('Z')
          .toFormatter(java.util.Locale.ROOT);

  private EventTimestamp() {}

  /** The moment this many microseconds after the epoch. */
  public static String format(long microsSinceEpoch) {
    return FORMAT.format(EPOCH.plus(microsSinceEpoch, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
  }
}

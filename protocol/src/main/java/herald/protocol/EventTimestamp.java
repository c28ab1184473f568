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

  /** Those of a moment in a year of four digits. */
  private static final int MOST_CHARACTERS = 27;

  private EventTimestamp() {}

  /** The moment this many microseconds after the epoch. */
  public static String format(long microsSinceEpoch) {
    LocalDateTime moment = EPOCH.plus(microsSinceEpoch, ChronoUnit.MICROS);
    int year = moment.getYear();
    return 1000 <= year && year <= 9999
        ? formatted(moment)
        : FORMAT.format(moment.atOffset(ZoneOffset.UTC));
  }

  /** The same as by {@link #FORMAT}, without its detours: each event has such a moment. */
  private static String formatted(LocalDateTime moment) {
    StringBuilder text = new StringBuilder(MOST_CHARACTERS);
    text.append(moment.getYear());
    appendTwoDigits(text.append('-'), moment.getMonthValue());
    appendTwoDigits(text.append('-'), moment.getDayOfMonth());
    appendTwoDigits(text.append('T'), moment.getHour());
    appendTwoDigits(text.append(':'), moment.getMinute());
    appendTwoDigits(text.append(':'), moment.getSecond());
    appendFraction(text, moment.getNano() / 1_000);
    return text.append('Z').toString();
  }

  private static void appendTwoDigits(StringBuilder text, int number) {
    text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  private static void appendFraction(StringBuilder text, int micros) {
    if (micros > 0) {
      text.append('.');
      int rest = micros;
      for (int unit = 100_000; rest > 0; unit /= 10) {
        text.append((char) ('0' + rest / unit));
        rest %= unit;
      }
    }
  }
}

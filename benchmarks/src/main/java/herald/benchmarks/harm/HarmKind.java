package herald.benchmarks.harm;

import java.util.Locale;

/** A harm that one user does, and how often per second. */
public enum HarmKind {
  /** Blasts of a user without followers: 20,000 in half a minute. */
  BLASTS_TO_NOBODY(700),
  /** The same in transactions of a thousand each: 20,000 within ten seconds, however fast it is. */
  BLAST_FLOOD(2),
  /** Blasts to all who are measured. */
  BLASTS_TO_ALL(10),
  /**
   * Blasts of an artist whose many followers have permissions of their own, and are not connected.
   */
  WIDE_BLASTS(0.2),
  /** Connections with {@code after=}, opened and closed again. */
  REPLAYS(60),
  /** Events of 4 MB to a connection that does not read. */
  LARGE_EVENTS(2),
  /** Events to a connection that reads a few bytes of each. */
  SLOW_READER(20),
  /** Handshakes with more headers than are allowed, again as soon as they are refused. */
  LARGE_HEADERS(200);

  private final double perSecond;

  HarmKind(double perSecond) {
    this.perSecond = perSecond;
  }

  double perSecond() {
    return perSecond;
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

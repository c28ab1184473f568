package herald.gateway.feed;

/**
 * Which rows a reading of the table gives out.
 *
 * @param windowStartMicros no row that is stamped before
 * @param xmin those of transactions not below this one
 * @param ageIfFar the age of transactions if that one is too far away to be compared
 * @param sinceMicros from here on rows are read whatever their transactions
 * @param untilMicros and up to here
 * @param soonMicros of those that are stamped later only the ones of transactions not below the
 *     next
 * @param oldestXmin the lowest transaction of rows that bear a time of the future
 * @param leftOutMicros rows that are stamped before are no news to later readings; 0 for none
 * @param leftOutXmin if later readings would find them by this transaction
 */
record CatchUpBounds(
    long windowStartMicros,
    long xmin,
    int ageIfFar,
    long sinceMicros,
    long untilMicros,
    long soonMicros,
    long oldestXmin,
    long leftOutMicros,
    long leftOutXmin) {

  /** Rows by their ids alone. */
  static CatchUpBounds byId(long windowStartMicros, long xmin) {
    return new CatchUpBounds(windowStartMicros, xmin, CatchUp.EVERY_ROW, 1, 0, 0, 0, 0, 0);
  }

  /** Rows by their times alone. */
  static CatchUpBounds byTime(long sinceMicros, long untilMicros) {
    return new CatchUpBounds(
        sinceMicros,
        Long.MAX_VALUE,
        CatchUp.NO_ROW,
        sinceMicros,
        untilMicros,
        untilMicros,
        0,
        0,
        0);
  }

  /** Those that are stamped before are left out, if later readings would find them. */
  CatchUpBounds notBefore(long micros, long laterXmin) {
    return micros <= windowStartMicros
        ? this
        : new CatchUpBounds(
            micros,
            xmin,
            ageIfFar,
            sinceMicros,
            untilMicros,
            soonMicros,
            oldestXmin,
            micros,
            laterXmin);
  }

  boolean isByTime() {
    return windowStartMicros == sinceMicros;
  }
}

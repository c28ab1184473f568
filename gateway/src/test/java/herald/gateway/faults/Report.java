package herald.gateway.faults;

/**
 * The figures of a round; those of events, poison, faults, connects and evictions are of all rounds
 * so far.
 *
 * @param poison rows that are hard or impossible to read, or that change nothing
 * @param unreadable how many rows of this round can't be read
 * @param evicted clients that did not read
 * @param caughtUp rpc logs that no notification told of and a catch-up found, and
 * @param unannounced those that a sweep found, and
 * @param lost notifications of one instance's positions that others did not hear, and
 * @param late those that they heard late, and
 * @param repeated those that they heard twice
 * @param missingRows rows that were announced and not found, on the instances that run now
 * @param isolated exceptions that cost one connection, one row or one task, on the same instances:
 *     these faults are none that should be met by one
 * @param residentBytes memory of the gateway process that is spared, RSS
 */
record Report(
    int events,
    int poison,
    int unreadable,
    int faults,
    int clients,
    int connects,
    long evicted,
    long caughtUp,
    long unannounced,
    int lost,
    int late,
    int repeated,
    long missingRows,
    long isolated,
    Findings findings,
    long residentBytes,
    boolean leaked) {

  @Override
  public String toString() {
    return String.format(
        "%d events, %d poison rows, %d unreadable in this round, %d faults, %d clients that"
            + " connected %d times, %d evicted, %d rpc logs caught up with, %d swept up, of the"
            + " exchange %d notifications lost, %d late, %d repeated, %d missing rows, %d"
            + " exceptions; %s; RSS %d MB%s",
        events,
        poison,
        unreadable,
        faults,
        clients,
        connects,
        evicted,
        caughtUp,
        unannounced,
        lost,
        late,
        repeated,
        missingRows,
        isolated,
        findings,
        residentBytes >> 20,
        leaked ? "; LEAK:" : "");
  }
}

package herald.gateway.faults;

/**
 * A time for which a client is away.
 *
 * @param isSilent whether its link dies unnoticed, so that the connection still seems open to the
 *     gateway; otherwise the client says that it goes
 */
record Outage(long millis, boolean isSilent) {}

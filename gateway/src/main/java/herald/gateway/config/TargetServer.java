package herald.gateway.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which of the servers of a {@link DatabaseUrl} is wanted: the values of libpq's parameter {@code
 * target_session_attrs} (PostgreSQL manual, chapter "libpq", section "Parameter Key Words").
 */
public enum TargetServer {
  ANY("any"),
  READ_WRITE("primary"),
  READ_ONLY("secondary"),
  PRIMARY("primary"),
  STANDBY("secondary"),
  PREFER_STANDBY("preferSecondary");

  private final String jdbcName;

  TargetServer(String jdbcName) {
    this.jdbcName = jdbcName;
  }

  /**
   * Reads a value of {@code target_session_attrs}.
   *
   * @throws IllegalArgumentException with one sentence that names the value
   */
  static TargetServer parse(String text) {
    return Arrays.stream(values())
        .filter(target -> target.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    DatabaseUrlParser.TARGET
                        + " is '"
                        + text
                        + "' (expected: one of "
                        + Arrays.stream(values())
                            .map(TargetServer::toString)
                            .collect(Collectors.joining(", "))
                        + ")"));
  }

  /** The value of PgJDBC's {@code targetServerType} that comes nearest. */
  String jdbcName() {
    return jdbcName;
  }

  /** Whether a primary satisfies it, so that a listener may be looked for among such servers. */
  public boolean admitsPrimary() {
    return this == ANY || this == PRIMARY || this == READ_WRITE;
  }

  /**
   * Why a server is not the one that is wanted; empty when it is. A preference objects, too:
   * whoever has one may come back to the server when there is no other.
   *
   * @param isInRecovery what {@code pg_is_in_recovery()} says
   * @param isReadOnly whether {@code transaction_read_only} is on
   */
  public Optional<String> objection(boolean isInRecovery, boolean isReadOnly) {
    return Optional.ofNullable(
        switch (this) {
          case ANY -> null;
          case PRIMARY -> isInRecovery ? "the server is a standby (expected: the primary)" : null;
          case READ_WRITE -> readWriteObjection(isInRecovery, isReadOnly);
          case READ_ONLY ->
              isReadOnly ? null : "the server takes writes (expected: one that is read only)";
          case STANDBY, PREFER_STANDBY ->
              isInRecovery ? null : "the server is the primary (expected: a standby)";
        });
  }

  private static @Nullable String readWriteObjection(boolean isInRecovery, boolean isReadOnly) {
    if (isInRecovery) {
      return "the server is a standby (expected: one that takes writes)";
    }
    return isReadOnly ? "the server is read only (expected: one that takes writes)" : null;
  }

  /** As libpq writes it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

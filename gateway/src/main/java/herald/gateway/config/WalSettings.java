package herald.gateway.config;

import java.util.regex.Pattern;

/**
 * How the write-ahead log is read.
 *
 * @param slot the replication slot; one reader at a time
 * @param createsSlot whether publication and slot are made where they are missing, and a slot anew
 *     that has been invalidated
 */
public record WalSettings(String slot, boolean createsSlot) {
  /** What the slot hands out: inserts into {@code rpc_log}. */
  public static final String PUBLICATION = "herald";

  /** What PostgreSQL allows (manual, "Querying and Manipulating Replication Slots"). */
  private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");

  /** Refuses what is no slot's name. */
  public WalSettings {
    if (!SLOT.matcher(slot).matches()) {
      throw new IllegalArgumentException(
          "slot is '" + slot + "' (expected: 1 to 63 lower-case letters, digits and underscores)");
    }
  }
}

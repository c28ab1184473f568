package herald.gateway.admission;

import herald.gateway.config.Origin;
import herald.gateway.config.OriginSettings;
import java.util.List;

/** Decides which values of the Origin header may connect. */
public final class OriginPolicy {
  private final OriginSettings settings;

  /** The policy of these settings. */
  public OriginPolicy(OriginSettings settings) {
    this.settings = settings;
  }

  /**
   * Whether a client with these Origin headers may connect. Without an allow list every client may.
   * With one, the origin must be in it by exact scheme, host and port; the origin {@code null}
   * never is. Native apps send no Origin header; they may connect unless the header is required.
   */
  public boolean allows(List<String> headers) {
    if (settings.allowed().isEmpty()) {
      return true;
    }
    if (headers.isEmpty()) {
      return !settings.required();
    }
    Origin origin = Origin.parse(headers.get(0));
    return headers.size() == 1 && origin != null && settings.allowed().contains(origin);
  }
}

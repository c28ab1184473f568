package herald.gateway.admission;

import herald.gateway.config.Origin;
import herald.gateway.config.OriginSettings;
import java.util.List;

/** Which values of the Origin header are let in. */
public final class OriginPolicy {
  private final OriginSettings settings;

  /** The policy of these settings. */
  public OriginPolicy(OriginSettings settings) {
    this.settings = settings;
  }

  /**
   * Whether a client with these headers is let in. Without an allow list everybody is. With one,
   * the origin must be in it by exact scheme, host and port; {@code null} never is. None at all is
   * what native apps send: it is let in unless one is required.
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

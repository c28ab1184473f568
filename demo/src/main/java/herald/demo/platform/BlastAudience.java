package herald.demo.platform;

import org.jspecify.annotations.Nullable;

/**
 * Whom a blast is for.
 *
 * @param kind {@code follower_audience}, {@code tipper_audience}, {@code remixer_audience}, {@code
 *     customer_audience} or {@code coin_holder_audience}; any other is for nobody
 * @param contentId the one track or album that a remixer or customer audience is narrowed to
 * @param contentType {@code track} or {@code album}, which the content id is of
 */
public record BlastAudience(
    String kind, @Nullable Integer contentId, @Nullable String contentType) {

  /** Everybody of the kind. */
  public static BlastAudience of(String kind) {
    return new BlastAudience(kind, null, null);
  }
}

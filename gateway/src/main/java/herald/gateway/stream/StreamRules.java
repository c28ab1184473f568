package herald.gateway.stream;

import herald.gateway.check.Finding;
import herald.gateway.config.Durations;
import herald.gateway.config.StreamSettings;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a stream has to be for relays and instances, and what follows where it is not so. */
final class StreamRules {
  /** With fewer, the stream is lost with one server. */
  private static final int REPLICAS = 3;

  /** The engine's own default; a longer one costs memory, and nothing here needs it. */
  private static final Duration LONGEST_DUPLICATE_WINDOW = Duration.ofMinutes(2);

  /** What a part of an event has at least. */
  private static final long LEAST_PAYLOAD_BYTES = 16 << 10;

  private final StreamSettings settings;
  private final Duration horizon;

  /**
   * @param horizon how far back an instance reads
   */
  StreamRules(StreamSettings settings, Duration horizon) {
    this.settings = settings;
    this.horizon = horizon;
  }

  /**
   * What is to be said of a stream.
   *
   * @param engineBytes what the engine takes as one message
   */
  List<Finding> findings(StreamConfiguration stream, long engineBytes) {
    List<Finding> found = new ArrayList<>();
    found.add(subjects(stream));
    found.add(storage(stream));
    found.add(replicas(stream));
    found.add(retention(stream));
    found.add(payload(stream, engineBytes));
    found.add(duplicates(stream));
    return found;
  }

  /** What is wrong with a stream that others can write to, in a sentence; null if nothing is. */
  static @Nullable String foreignSubjects(StreamConfiguration stream, StreamSettings settings) {
    String wanted = settings.eventSubject();
    return stream.getSubjects().stream().allMatch(wanted::equals)
        ? null
        : subjectsSentence(stream, wanted);
  }

  private static String subjectsSentence(StreamConfiguration stream, String wanted) {
    return "the stream takes " + stream.getSubjects() + " (expected: " + wanted + " alone)";
  }

  private Finding subjects(StreamConfiguration stream) {
    String wanted = settings.eventSubject();
    if (!stream.getSubjects().contains(wanted) || stream.getSubjects().size() > 1) {
      return Finding.fail("subjects", subjectsSentence(stream, wanted));
    }
    return stream.getNoAck() || stream.getSealed()
        ? Finding.fail(
            "subjects",
            "the stream is sealed or acknowledges nothing, so that no relay can publish"
                + " (expected: neither)")
        : Finding.ok("subjects", wanted);
  }

  private static Finding storage(StreamConfiguration stream) {
    return stream.getStorageType() == StorageType.File
        ? Finding.ok("storage", "in files")
        : Finding.warn(
            "storage",
            "the stream is kept in memory, which the engine can't change, and is lost when its"
                + " servers restart (expected: in files, made anew by herald relay"
                + " --create-stream)");
  }

  private static Finding replicas(StreamConfiguration stream) {
    int replicas = stream.getReplicas();
    return replicas < REPLICAS
        ? Finding.warn(
            "replicas",
            "the stream is on "
                + (replicas == 1 ? "1 server, and is lost with it" : replicas + " servers")
                + " (expected: "
                + REPLICAS
                + " replicas in production)")
        : Finding.ok("replicas", replicas + " replicas");
  }

  private Finding retention(StreamConfiguration stream) {
    Duration age = stream.getMaxAge();
    if (stream.getRetentionPolicy() != RetentionPolicy.Limits
        || stream.getDiscardPolicy() != DiscardPolicy.Old) {
      return Finding.fail(
          "retention",
          "the stream has the retention "
              + stream.getRetentionPolicy()
              + " and discards "
              + stream.getDiscardPolicy()
              + " messages (expected: limits, and the oldest)");
    }
    if (!age.isZero() && age.compareTo(horizon) < 0) {
      return Finding.fail(
          "retention",
          "the stream keeps messages for "
              + Durations.text(age)
              + ", less than the horizon of "
              + Durations.text(horizon)
              + " (expected: the horizon and more)");
    }
    return age.isZero() && stream.getMaxBytes() <= 0 && stream.getMaxMsgs() <= 0
        ? Finding.warn(
            "retention",
            "the stream has no bound and fills its disk (expected: an age of more than the"
                + " horizon, and a size)")
        : Finding.ok(
            "retention", age.isZero() ? "bounded by size" : "messages for " + Durations.text(age));
  }

  private static Finding payload(StreamConfiguration stream, long engineBytes) {
    long ofStream = stream.getMaximumMessageSize();
    long bytes = ofStream > 0 ? Math.min(ofStream, engineBytes) : engineBytes;
    long ofRelay = Math.min(engineBytes, MessageParts.MOST_BYTES);
    return bytes < LEAST_PAYLOAD_BYTES || bytes < ofRelay
        ? Finding.fail(
            "payload",
            "the stream takes messages of "
                + bytes
                + " bytes, and a relay sends up to "
                + ofRelay
                + " (expected: no bound of the stream's own, and at least "
                + LEAST_PAYLOAD_BYTES
                + " bytes)")
        : Finding.ok("payload", "messages of up to " + bytes + " bytes, larger events in parts");
  }

  private static Finding duplicates(StreamConfiguration stream) {
    Duration window = stream.getDuplicateWindow();
    return window.compareTo(LONGEST_DUPLICATE_WINDOW) > 0
        ? Finding.warn(
            "duplicates",
            "the stream looks for duplicates of "
                + Durations.text(window)
                + ", which relays do without (expected: 2m or less, since it costs memory)")
        : Finding.ok("duplicates", "a window of " + Durations.text(window));
  }
}

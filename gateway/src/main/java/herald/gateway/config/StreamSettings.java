package herald.gateway.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The stream of NATS JetStream between the relays and the instances, and how its engine is reached.
 *
 * @param servers servers of one cluster, at least one; without TLS the others are learned from it
 * @param usesTls whether TLS is required, with a certificate for the name that is connected to
 * @param certificateAuthority PEM: who signs the servers' certificates; null for those whom Java
 *     trusts
 * @param name the stream's name
 * @param user null without one
 * @param passwordFile the user's password; null without one
 * @param tokenFile a token instead of a user; null without one
 * @param credentialsFile a JWT and its seed, as nsc writes them; null without one
 * @param timeout when nothing has come for so long, the stream counts as lost
 * @param fallbackAfter when the stream has been lost for so long, an instance reads the database's
 *     notifications; zero for never
 */
public record StreamSettings(
    List<HostPort> servers,
    boolean usesTls,
    @Nullable Path certificateAuthority,
    String name,
    @Nullable String user,
    @Nullable Path passwordFile,
    @Nullable Path tokenFile,
    @Nullable Path credentialsFile,
    Duration timeout,
    Duration fallbackAfter) {
  /** The name of the stream if nobody says another. */
  public static final String DEFAULT_NAME = "herald";

  /** Three marks of a relay, which writes one each second. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(3);

  private static final int DEFAULT_PORT = 4222;

  /** What may stand in the name of a stream and also in a subject. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** Refuses values that make no sense. */
  public StreamSettings {
    servers = List.copyOf(servers);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the stream's name is '" + name + "' (expected: letters, digits, _ and -)");
    }
    Require.timeout("feed timeout", timeout, Duration.ofMillis(500));
    Require.timeout("feed fallback", fallbackAfter, Duration.ZERO);
  }

  /**
   * The defaults for servers in the form {@code nats://host:port,host2:port2}; with {@code tls://}
   * TLS is required.
   *
   * @throws IllegalArgumentException with one sentence
   */
  public static StreamSettings of(String url) {
    int end = url.indexOf("://");
    String scheme = end < 0 ? "" : url.substring(0, end).toLowerCase(Locale.ROOT);
    if (!scheme.equals("nats") && !scheme.equals("tls")) {
      throw new IllegalArgumentException(
          "the stream's address does not begin with nats:// or tls://"
              + " (expected: nats://host:4222,host2:4222)");
    }
    String hosts = url.substring(end + "://".length());
    if (hosts.contains("@")) {
      throw new IllegalArgumentException(
          "the stream's address has a user or a token in it"
              + " (expected: --feed-user and --feed-password-file, or --feed-token-file)");
    }
    List<HostPort> servers = new ArrayList<>();
    for (String host : hosts.split(",", -1)) {
      boolean hasPort = host.indexOf(':', host.lastIndexOf(']') + 1) >= 0;
      servers.add(HostPort.parse(hasPort ? host : host + ":" + DEFAULT_PORT));
    }
    return new StreamSettings(
        servers,
        scheme.equals("tls"),
        null,
        DEFAULT_NAME,
        null,
        null,
        null,
        null,
        DEFAULT_TIMEOUT,
        Duration.ZERO);
  }

  /** The same with another name of the stream. */
  public StreamSettings withName(String other) {
    return new StreamSettings(
        servers,
        usesTls,
        certificateAuthority,
        other,
        user,
        passwordFile,
        tokenFile,
        credentialsFile,
        timeout,
        fallbackAfter);
  }

  /** The same with another timeout. */
  public StreamSettings withTimeout(Duration other) {
    return new StreamSettings(
        servers,
        usesTls,
        certificateAuthority,
        name,
        user,
        passwordFile,
        tokenFile,
        credentialsFile,
        other,
        fallbackAfter);
  }

  /** The same with another time after which the database's notifications are read; zero: never. */
  public StreamSettings withFallbackAfter(Duration other) {
    return new StreamSettings(
        servers,
        usesTls,
        certificateAuthority,
        name,
        user,
        passwordFile,
        tokenFile,
        credentialsFile,
        timeout,
        other);
  }

  /** The same with what the client has to show; each may be null. */
  public StreamSettings withCredentials(
      @Nullable Path authority,
      @Nullable String otherUser,
      @Nullable Path password,
      @Nullable Path token,
      @Nullable Path credentials) {
    return new StreamSettings(
        servers,
        usesTls,
        authority,
        name,
        otherUser,
        password,
        token,
        credentials,
        timeout,
        fallbackAfter);
  }

  /**
   * Looks whether the files can be read, and whether there is one way to say who the client is.
   *
   * @throws IllegalArgumentException with one sentence
   */
  public void requireUsable() {
    int ways =
        (user == null ? 0 : 1) + (tokenFile == null ? 0 : 1) + (credentialsFile == null ? 0 : 1);
    if (ways > 1) {
      throw new IllegalArgumentException(
          "the stream has more than one of --feed-user, --feed-token-file and --feed-credentials"
              + " (expected: one of them)");
    }
    if ((user == null) != (passwordFile == null)) {
      throw new IllegalArgumentException(
          "the stream has one of --feed-user and --feed-password-file alone"
              + " (expected: both or neither)");
    }
    requireReadable("--feed-ca", certificateAuthority);
    requireReadable("--feed-password-file", passwordFile);
    requireReadable("--feed-token-file", tokenFile);
    requireReadable("--feed-credentials", credentialsFile);
  }

  private static void requireReadable(String option, @Nullable Path file) {
    if (file != null && !Files.isReadable(file)) {
      throw new IllegalArgumentException(
          "the file " + file + " of " + option + " can't be read (expected: a readable file)");
    }
  }

  /** The subject of the stream's messages. */
  public String eventSubject() {
    return name + ".events";
  }

  /** The subject, outside of the stream, of what the instances tell each other. */
  public String instanceSubject() {
    return name + ".instances";
  }

  /** In milliseconds. */
  public long timeoutMillis() {
    return timeout.toMillis();
  }

  /** Whether the database's notifications are read while the stream is away. */
  public boolean hasFallback() {
    return !fallbackAfter.isZero();
  }

  /** The servers and the stream; never what the client has to show. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(usesTls ? "tls://" : "nats://");
    for (int i = 0; i < servers.size(); i++) {
      text.append(i == 0 ? "" : ",").append(servers.get(i));
    }
    return text.append('/').append(name).toString();
  }
}

package herald.gateway.commands;

import herald.gateway.commands.Quantities.Millis;
import herald.gateway.commands.Quantities.MillisConverter;
import herald.gateway.config.AdmissionSettings;
import herald.gateway.config.LimitSettings;
import herald.gateway.config.Network;
import herald.gateway.config.Origin;
import herald.gateway.config.OriginSettings;
import herald.gateway.config.ProxySettings;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Who is let as far as the signature check: limits, proxies, origins. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields that have a default
final class AdmissionOptions {
  @Option(
      names = "--max-connections-per-address",
      paramLabel = "N",
      defaultValue = "2000",
      description =
          "Client sockets of one address (of IPv6: one /64); 0 is no limit.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private int connectionsPerAddress;

  @Option(
      names = "--max-connections-per-user",
      paramLabel = "N",
      defaultValue = "100",
      description = "Connections of one user; 0 is no limit.%n  Default: ${DEFAULT-VALUE}")
  private int connectionsPerUser;

  @Option(
      names = "--max-handshakes-per-address",
      paramLabel = "N",
      defaultValue = "100",
      description =
          "Handshakes per second of one address; ten seconds' worth may come at once; 0 is no"
              + " limit.%n  Default: ${DEFAULT-VALUE}")
  private int handshakesPerAddress;

  @Option(
      names = "--max-handshakes",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Handshakes per second in all; 0 is no limit.%n  Default: ${DEFAULT-VALUE}")
  private int handshakes;

  @Option(
      names = "--max-loop-lag",
      paramLabel = "TIME",
      defaultValue = "500ms",
      converter = MillisConverter.class,
      description =
          "An event loop that is this much behind takes no handshakes; 0ms is no limit.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Millis maxLoopLag;

  @Option(
      names = "--refusal-hold",
      paramLabel = "TIME",
      defaultValue = "1s",
      converter = MillisConverter.class,
      description =
          "How long a client that is refused for want of room is held before the answer.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Millis refusalHold;

  @Option(
      names = "--max-held",
      paramLabel = "N",
      defaultValue = "10000",
      description =
          "Refused clients held at once; the rest is refused at once.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private int maxHeld;

  @Option(
      names = "--trusted-proxies",
      paramLabel = "NETWORKS",
      defaultValue = "",
      description =
          "Networks, with commas between them, that are believed when they say where a client"
              + " comes from: 10.0.0.0/8,fd00::/8.%n  Default: nobody is")
  private String trustedProxies;

  @Option(
      names = "--forwarded-header",
      paramLabel = "x-forwarded-for|forwarded|none",
      defaultValue = "x-forwarded-for",
      description = "The header in which they say it.%n  Default: ${DEFAULT-VALUE}")
  private String forwardedHeader;

  @Option(
      names = "--proxy-protocol",
      description =
          "Every connection from a trusted proxy begins with a PROXY header, version 1 or 2.")
  private boolean proxyProtocol;

  @Option(
      names = "--allowed-origins",
      paramLabel = "ORIGINS",
      defaultValue = "",
      description =
          "Pages that may connect, with commas between them, by exact scheme, host and port:"
              + " https://example.com.%n  Default: any page")
  private String allowedOrigins;

  @Option(
      names = "--require-origin",
      description = "Refuse clients that send no Origin, as native apps don't.")
  private boolean requireOrigin;

  /**
   * The validated settings.
   *
   * @throws IllegalArgumentException with one sentence
   */
  AdmissionSettings settings() {
    return new AdmissionSettings(
        new LimitSettings(
            connectionsPerAddress,
            connectionsPerUser,
            handshakesPerAddress,
            handshakes,
            maxLoopLag.asInt(),
            refusalHold.asInt(),
            maxHeld),
        new ProxySettings(Network.parseAll(trustedProxies), proxyProtocol, header()),
        new OriginSettings(Origin.parseAll(allowedOrigins), requireOrigin));
  }

  private ProxySettings.Header header() {
    for (ProxySettings.Header header : ProxySettings.Header.values()) {
      if (header.name().replace('_', '-').toLowerCase(Locale.ROOT).equals(forwardedHeader)) {
        return header;
      }
    }
    throw new IllegalArgumentException(
        "--forwarded-header is '"
            + forwardedHeader
            + "' (expected: x-forwarded-for, forwarded or none)");
  }
}

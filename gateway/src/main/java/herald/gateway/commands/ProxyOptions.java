package herald.gateway.commands;

import herald.gateway.config.Network;
import herald.gateway.config.Origin;
import herald.gateway.config.OriginSettings;
import herald.gateway.config.ProxySettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Whom the gateway believes where a client comes from, and which pages may connect. */
@Command(optionListHeading = "%nProxies and origins:%n")
final class ProxyOptions {
  private static final ProxySettings PROXIES = ProxySettings.defaults();

  @Option(
      names = "--trusted-proxies",
      paramLabel = "NETWORKS",
      description =
          "Networks, separated by commas, of the proxies whose word is taken for where a client"
              + " comes from: 10.0.0.0/8,fd00::/8.%n  Default: none")
  private @Nullable String trustedProxies;

  @Option(
      names = "--forwarded-header",
      paramLabel = "x-forwarded-for|forwarded|none",
      description = "The header in which they name the client.")
  private ProxySettings.Header forwardedHeader = PROXIES.header();

  @Option(
      names = "--proxy-protocol",
      description =
          "Every connection from a trusted proxy begins with a PROXY header, version 1 or 2.")
  private boolean proxyProtocol;

  @Option(
      names = "--allowed-origins",
      paramLabel = "ORIGINS",
      description =
          "Pages that may connect, separated by commas, by exact scheme, host and port:"
              + " https://example.com.%n  Default: any page")
  private @Nullable String allowedOrigins;

  @Option(
      names = "--require-origin",
      description = "Refuse clients that send no Origin header; native apps send none.")
  private boolean requireOrigin;

  /**
   * The validated settings of proxies.
   *
   * @throws IllegalArgumentException with one sentence
   */
  ProxySettings proxies() {
    return new ProxySettings(
        trustedProxies == null ? PROXIES.trusted() : Network.parseAll(trustedProxies),
        proxyProtocol,
        forwardedHeader);
  }

  /**
   * The validated settings of origins.
   *
   * @throws IllegalArgumentException with one sentence
   */
  OriginSettings origins() {
    return new OriginSettings(
        allowedOrigins == null
            ? OriginSettings.defaults().allowed()
            : Origin.parseAll(allowedOrigins),
        requireOrigin);
  }
}

package herald.gateway.config;

/**
 * Which clients get as far as the signature check.
 *
 * @param limits how many clients, and how fast
 * @param proxies which proxies are believed when they say where a client comes from
 * @param origins which pages may connect
 */
public record AdmissionSettings(
    LimitSettings limits, ProxySettings proxies, OriginSettings origins) {

  /** The defaults, which are also those of the command line. */
  public static AdmissionSettings defaults() {
    return new AdmissionSettings(
        LimitSettings.defaults(), ProxySettings.defaults(), OriginSettings.defaults());
  }

  /** The defaults with these limits. */
  public static AdmissionSettings of(LimitSettings limits) {
    return new AdmissionSettings(limits, ProxySettings.defaults(), OriginSettings.defaults());
  }
}

package herald.gateway.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceCookieTest {
  private static final InetAddress HOME = InetAddress.getLoopbackAddress();

  private final DeviceCookie cookie = new DeviceCookie("herald_device", "/comms/chats/ws");

  private static HttpHeaders headers(String... namesAndValues) {
    HttpHeaders headers = new DefaultHttpHeaders();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  private static String pair(DeviceCookie.Recognized recognized) {
    return Objects.requireNonNull(recognized.setCookie()).split(";", 2)[0];
  }

  @Test
  void logsNameADeviceByItsCookieOrElseByItsHeaders() {
    DeviceCookie.Recognized first = cookie.recognize(headers("user-agent", "a"), HOME, false);
    String pair = pair(first);
    assertThat(first.device().shortened()).matches("h-[0-9a-f]{8}");
    assertThat(cookie.recognize(headers("user-agent", "a"), HOME, false).device().shortened())
        .isEqualTo(first.device().shortened());
    String second =
        cookie
            .recognize(headers("cookie", pair, "user-agent", "a"), HOME, false)
            .device()
            .shortened();
    assertThat(second).matches("c-[0-9a-f]{8}");
    assertThat(
            cookie
                .recognize(headers("cookie", pair, "user-agent", "b"), HOME, false)
                .device()
                .shortened())
        .isEqualTo(second);
    assertThat(Device.UNKNOWN.shortened()).isEqualTo("none");
  }

  @Test
  void aClientWithoutACookieIsGivenOne() {
    DeviceCookie.Recognized first = cookie.recognize(headers(), HOME, false);
    assertThat(first.device().hasReturnedCookie()).isFalse();
    assertThat(first.setCookie())
        .matches(
            "herald_device=[A-Za-z0-9_-]{22}; Path=/comms/chats/ws; Max-Age=2592000; HttpOnly;"
                + " SameSite=Lax");
    assertThat(cookie.recognize(headers(), HOME, false).setCookie())
        .isNotEqualTo(first.setCookie());
  }

  @Test
  void overTlsItIsSentFromOtherSitesToo() {
    assertThat(cookie.recognize(headers(), HOME, true).setCookie())
        .endsWith("; HttpOnly; Secure; SameSite=None; Partitioned");
  }

  @Test
  void aClientThatBringsItIsTheSameDeviceAndKeepsIt() {
    DeviceCookie.Recognized first = cookie.recognize(headers(), HOME, false);
    DeviceCookie.Recognized second =
        cookie.recognize(headers("Cookie", "theme=dark; " + pair(first) + "; x"), HOME, false);
    assertThat(second.device().hasReturnedCookie()).isTrue();
    assertThat(second.device().cookieKey()).isEqualTo(first.device().cookieKey());
    assertThat(second.device().mayFollow(first.device())).isTrue();
    assertThat(pair(second)).isEqualTo(pair(first));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "herald_device=",
        "herald_device=short",
        "herald_device=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "herald_device=aaaaaaaaaaaaaaaaaaaaa\"",
        "herald_device=aaaaaaaaaaaaaaaaaaaaa\u00e4",
        "other=aaaaaaaaaaaaaaaaaaaaaa",
        "herald_device",
        ";;;="
      })
  void whatIsNotOursIsIgnored(String header) {
    DeviceCookie.Recognized recognized = cookie.recognize(headers("Cookie", header), HOME, false);
    assertThat(recognized.device().hasReturnedCookie()).isFalse();
    assertThat(recognized.setCookie()).isNotNull();
  }

  @Test
  void aCookieBehindManyOthersIsFound() {
    String value = pair(cookie.recognize(headers(), HOME, false));
    String header = "x=" + "a".repeat(12_000) + "; y=1".repeat(500) + "; " + value;
    assertThat(
            cookie.recognize(headers("Cookie", header), HOME, false).device().hasReturnedCookie())
        .isTrue();
  }

  @Test
  void clientsWithoutCookiesAreKnownByTheirHeaders() {
    HttpHeaders phone = headers("User-Agent", "App/1 iOS", "Accept-Language", "de");
    HttpHeaders laptop = headers("User-Agent", "node", "Accept-Language", "de");
    Device first = cookie.recognize(phone, HOME, false).device();
    Device again = cookie.recognize(phone, HOME, false).device();
    Device other = cookie.recognize(laptop, HOME, false).device();
    assertThat(again.mayFollow(first)).isTrue();
    assertThat(other.mayFollow(first)).isFalse();
  }

  @Test
  void aClientWithoutACookieIsNoneOfThoseThatKeepThem() {
    HttpHeaders browser = headers("User-Agent", "Browser");
    DeviceCookie.Recognized first = cookie.recognize(browser, HOME, false);
    Device kept =
        cookie
            .recognize(headers("User-Agent", "Browser", "Cookie", pair(first)), HOME, false)
            .device();
    Device newBrowser = cookie.recognize(browser, HOME, false).device();
    assertThat(newBrowser.mayFollow(kept)).isFalse();
    assertThat(newBrowser.mayFollow(first.device())).as("it may be a tab of the same").isTrue();
  }

  @Test
  void whereNoCookieTellsTheAddressHasToBeTheSame() throws UnknownHostException {
    HttpHeaders phone = headers("User-Agent", "App/1 iOS");
    Device atHome = cookie.recognize(phone, HOME, false).device();
    Device again = cookie.recognize(phone, HOME, false).device();
    Device elsewhere =
        cookie.recognize(phone, InetAddress.getByName("203.0.113.7"), false).device();
    assertThat(again.isLike(atHome)).isTrue();
    assertThat(elsewhere.isLike(atHome)).isFalse();
    assertThat(elsewhere.mayFollow(atHome)).isTrue();
  }

  @Test
  void switchedOffItSetsNone() {
    DeviceCookie off = new DeviceCookie("", "/comms/chats/ws");
    DeviceCookie.Recognized recognized =
        off.recognize(
            headers("User-Agent", "x", "Cookie", "herald_device=" + "a".repeat(22)), HOME, true);
    assertThat(recognized.setCookie()).isNull();
    assertThat(recognized.device().cookieKey()).isEqualTo(Device.NONE);
    assertThat(recognized.device().headersKey()).isNotEqualTo(Device.NONE);
  }
}

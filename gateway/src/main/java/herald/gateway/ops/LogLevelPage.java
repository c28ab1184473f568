package herald.gateway.ops;

import herald.gateway.logging.Field;
import herald.gateway.logging.Logs;
import herald.gateway.ops.AdminPages.Page;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says the log level, and changes it until the process ends. Admin thread. */
final class LogLevelPage {
  private static final Logger LOG = LoggerFactory.getLogger(LogLevelPage.class);

  private LogLevelPage() {}

  static Page show() {
    return Page.text(HttpResponseStatus.OK, word(Logs.detail()) + "\n");
  }

  /** Refuses browsers: any web page that an operator has open could send this request. */
  static Page change(FullHttpRequest request) {
    if (request.headers().contains(HttpHeaderNames.ORIGIN)) {
      return Page.text(
          HttpResponseStatus.FORBIDDEN, "the log level can't be changed from a web page\n");
    }
    for (Logs.Detail detail : Logs.Detail.values()) {
      if (word(detail).equals(wanted(request))) {
        change(Logs.detail(), detail);
        return show();
      }
    }
    return Page.text(
        HttpResponseStatus.BAD_REQUEST,
        "level names no log level (expected: error, warn, info, debug or trace, as in"
            + " /log-level?level=debug)\n");
  }

  private static String wanted(FullHttpRequest request) {
    try {
      return new QueryStringDecoder(request.uri())
          .parameters()
          .getOrDefault("level", List.of(""))
          .get(0);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** Logs the change while the more talkative of the two levels holds. */
  private static void change(Logs.Detail before, Logs.Detail after) {
    if (after.compareTo(before) >= 0) {
      Logs.setDetail(after);
    }
    LOG.info(
        "the log level changes from {} to {}",
        Field.of("level_before", word(before)),
        Field.of("level", word(after)));
    Logs.setDetail(after);
  }

  private static String word(Logs.Detail detail) {
    return detail.name().toLowerCase(Locale.ROOT);
  }
}

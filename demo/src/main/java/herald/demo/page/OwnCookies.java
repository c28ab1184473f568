package herald.demo.page;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The cookies of clients that are devices of their own although they run in one browser, which
 * would send one cookie for all of them: the front keeps theirs. Such a client says {@code
 * device=own} in its query. Any thread.
 */
final class OwnCookies {
  private static final int MAX_CLIENTS = 1_000;

  /** Guarded by this. */
  private final Map<String, String> byClient = new LinkedHashMap<>();

  /** The request as the client's own browser would send it. */
  String request(String client, String request) {
    int end = request.indexOf(HeadGatherer.END_OF_HEAD);
    if (end < 0) {
      return request;
    }
    String cookie = of(client);
    return without("cookie:", request.substring(0, end))
        + (cookie == null ? "" : "\r\nCookie: " + cookie)
        + request.substring(end);
  }

  private synchronized @Nullable String of(String client) {
    return byClient.get(client);
  }

  private synchronized void keep(String client, String cookie) {
    byClient.put(client, cookie);
    if (byClient.size() > MAX_CLIENTS) {
      byClient.remove(byClient.keySet().iterator().next());
    }
  }

  private static String without(String name, String head) {
    return Arrays.stream(head.split("\r\n", -1))
        .filter(line -> !line.toLowerCase(Locale.ROOT).startsWith(name))
        .collect(Collectors.joining("\r\n"));
  }

  /** Takes the cookie out of the gateway's answer, and then passes on what comes as it is. */
  ChannelHandler keeper(String client) {
    return new Keeper(client);
  }

  private final class Keeper extends HeadGatherer {
    private final String client;

    Keeper(String client) {
      this.client = client;
    }

    @Override
    boolean isEnough(String text) {
      return text.contains(END_OF_HEAD);
    }

    @Override
    void onGathered(ChannelHandlerContext context, ByteBuf bytes, String text) {
      int end = text.indexOf(END_OF_HEAD);
      if (end >= 0) {
        String head = text.substring(0, end);
        for (String line : head.split("\r\n", -1)) {
          if (line.toLowerCase(Locale.ROOT).startsWith("set-cookie:")) {
            keep(client, line.substring("set-cookie:".length()).split(";", 2)[0].strip());
          }
        }
        bytes.skipBytes(end);
        byte[] rest = new byte[bytes.readableBytes()];
        bytes.readBytes(rest);
        bytes.clear();
        bytes.writeCharSequence(without("set-cookie:", head), StandardCharsets.ISO_8859_1);
        bytes.writeBytes(rest);
      }
      context.fireChannelRead(bytes);
      context.pipeline().remove(this);
    }
  }
}

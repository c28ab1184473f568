package herald.gateway.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The files of the live page, which asks for nothing from any other host. */
enum LivePage {
  INDEX("/", "index.html", "text/html; charset=utf-8"),
  STYLE("/live.css", "live.css", "text/css; charset=utf-8"),
  SCRIPT("/live.js", "live.js", "text/javascript; charset=utf-8");

  private final String path;
  private final String file;
  private final String type;

  LivePage(String path, String file, String type) {
    this.path = path;
    this.file = file;
    this.type = type;
  }

  /** The file at a path of the admin address; null if none is there. */
  static @Nullable LivePage at(String path) {
    for (LivePage page : values()) {
      if (page.path.equals(path)) {
        return page;
      }
    }
    return null;
  }

  String type() {
    return type;
  }

  /** The file's text: read each time, which is seldom. */
  String text() {
    try (InputStream in = LivePage.class.getResourceAsStream("live/" + file)) {
      if (in == null) {
        throw new IllegalStateException("the jar has no live/" + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package herald.benchmarks.report;

import java.util.List;

/** A page that needs no other file and no host. */
public final class Html {
  private static final String STYLE =
      "body{font:16px/1.5 sans-serif;max-width:760px;margin:2em auto;padding:0 1em}"
          + "table{border-collapse:collapse;margin:1em 0}"
          + "td,th{padding:.25em .8em;border-bottom:1px solid #8884;text-align:left}"
          + "td+td,th+th{text-align:right;font-variant-numeric:tabular-nums}"
          + "svg{max-width:100%;height:auto;margin:1em 0}"
          + "code{font-size:.9em;overflow-wrap:anywhere}"
          + "@media(prefers-color-scheme:dark){body{background:#16191d;color:#d8dce0}}";

  private final StringBuilder body = new StringBuilder();
  private final String title;

  /** An empty page with a heading. */
  public Html(String title) {
    this.title = title;
    body.append("<h1>").append(escape(title)).append("</h1>\n");
  }

  /** Adds a heading. */
  public Html heading(String text) {
    body.append("<h2>").append(escape(text)).append("</h2>\n");
    return this;
  }

  /** Adds a paragraph. */
  public Html paragraph(String text) {
    body.append("<p>").append(escape(text)).append("</p>\n");
    return this;
  }

  /** Adds a command as it was given. */
  public Html command(String text) {
    body.append("<p><code>").append(escape(text)).append("</code></p>\n");
    return this;
  }

  /** Adds a table; the first row is its head. */
  public Html table(List<List<String>> rows) {
    body.append("<table>\n");
    for (int i = 0; i < rows.size(); i++) {
      String cell = i == 0 ? "th" : "td";
      body.append("<tr>");
      for (String text : rows.get(i)) {
        body.append('<').append(cell).append('>').append(escape(text));
        body.append("</").append(cell).append('>');
      }
      body.append("</tr>\n");
    }
    body.append("</table>\n");
    return this;
  }

  /** Adds a chart. */
  public Html chart(String svg) {
    body.append(svg);
    return this;
  }

  /** The whole page. */
  public String page() {
    return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>"
        + escape(title)
        + "</title><meta name=\"viewport\" content=\"width=device-width\"><style>"
        + STYLE
        + "</style></head><body>\n"
        + body
        + "</body></html>\n";
  }

  /** Text as it may stand in an element or an attribute. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}

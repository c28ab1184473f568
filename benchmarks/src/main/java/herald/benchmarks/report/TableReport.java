package herald.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Rows of figures as text, as JSON and as a page. */
public final class TableReport {
  private final String command;
  private final String title;
  private final List<Map<String, Object>> rows = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * @param command what reproduces the figures
   */
  public TableReport(String command, String title) {
    this.command = command;
    this.title = title;
  }

  /** Adds a row, which has the same columns as the others. */
  public void add(Map<String, Object> row) {
    rows.add(new LinkedHashMap<>(row));
  }

  /** Adds a sentence on how the rows are to be read. */
  public void note(String sentence) {
    notes.add(sentence);
  }

  /** The rows with aligned columns, and the notes. */
  public String text() {
    StringBuilder text = new StringBuilder(aligned(cells()));
    notes.forEach(note -> text.append("  ").append(note).append(System.lineSeparator()));
    return text.toString();
  }

  /** Rows of cells with aligned columns; all rows have the same number of cells. */
  static String aligned(List<List<String>> cells) {
    StringBuilder text = new StringBuilder();
    for (List<String> row : cells) {
      for (int column = 0; column < row.size(); column++) {
        int place = column;
        int width = cells.stream().mapToInt(other -> other.get(place).length()).max().orElse(1);
        text.append("  ").append(" ".repeat(width - row.get(column).length()));
        text.append(row.get(column));
      }
      text.append(System.lineSeparator());
    }
    return text.toString();
  }

  private List<List<String>> cells() {
    List<List<String>> cells = new ArrayList<>();
    if (!rows.isEmpty()) {
      cells.add(List.copyOf(rows.get(0).keySet()));
    }
    for (Map<String, Object> row : rows) {
      cells.add(row.values().stream().map(TableReport::show).toList());
    }
    return cells;
  }

  private static String show(Object value) {
    return value instanceof Double number
        ? String.format(Locale.ROOT, "%.2f", number)
        : String.valueOf(value);
  }

  /** Writes {@code NAME.json} and {@code NAME.html}. */
  public void write(Path directory, String name) throws IOException {
    Files.createDirectories(directory);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("command", command);
    json.put("machine", Machine.describe());
    json.put("rows", rows);
    if (!notes.isEmpty()) {
      json.put("notes", notes);
    }
    JsonFile.write(directory.resolve(name + ".json"), json);
    Html page = new Html(title).command(command).paragraph(Machine.line()).table(cells());
    notes.forEach(page::paragraph);
    Files.writeString(directory.resolve(name + ".html"), page.page());
  }
}

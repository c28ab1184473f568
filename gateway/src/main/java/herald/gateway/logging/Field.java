package herald.gateway.logging;

/**
 * An argument of a line that is read in its sentence by people, and is a field of its own in JSON.
 *
 * @param name in the field's name, behind {@code herald.}
 * @param value in JSON; numbers stay numbers
 * @param text in the sentence
 */
public record Field(String name, Object value, String text) {

  /** One whose value is also what the sentence says. */
  public static Field of(String name, Object value) {
    return new Field(name, value, value.toString());
  }

  @Override
  public String toString() {
    return text;
  }
}

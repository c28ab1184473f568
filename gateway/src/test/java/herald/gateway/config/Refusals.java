package herald.gateway.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What is refused is refused with one sentence, which says what was expected. */
final class Refusals {
  private Refusals() {}

  /**
   * Asserts that something is refused.
   *
   * @param words of the sentence
   */
  static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      ThrowingCallable code, String words) {
    AbstractThrowableAssert<?, ? extends Throwable> refusal =
        assertThatThrownBy(code)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(words);
    refusal.message().contains("(expected: ").doesNotContain("\n");
    return refusal;
  }
}

package herald.gateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** What bars people from a page, as the script axe-core finds it. */
public final class Axe {
  /** Every text, large ones too, has to have a contrast of 4.5. */
  private static final String FIND =
      """
      const done = arguments[arguments.length - 1]
      const ratio = { expected: 4.5 }
      axe.configure({ checks: [
        { id: 'color-contrast', options: { contrastRatio: { normal: ratio, large: ratio } } }
      ] })
      const finite = document.getAnimations().filter((a) => a.effect.getTiming().iterations !== Infinity)
      Promise.allSettled(finite.map((animation) => animation.finished))
        .then(() => axe.run(document))
        .then((found) => done(
          found.violations.flatMap((rule) => rule.nodes.map((node) =>
            `${rule.id}: ${node.html}: ${node.failureSummary}`))
        ), (error) => done([String(error)]))
      """;

  /**
   * Axe leaves drawings out: the fill of a text beside that of the shape, panel or figure behind
   * it.
   */
  private static final String FIND_IN_DRAWINGS =
      """
      const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
      const light = (colour) => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map(Number)
        return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
      }
      const behind = (text) => {
        const shape = text.parentElement.querySelector('rect')
        const fill = shape && getComputedStyle(shape).fill
        return fill && fill !== 'none' ? fill : getComputedStyle(text.closest('.panel, figure')).backgroundColor
      }
      return [...document.querySelectorAll('svg text')].map((text) => {
        const a = light(getComputedStyle(text).fill), b = light(behind(text))
        return [text.textContent, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)]
      }).filter(([, ratio]) => !(ratio >= 4.5)).map(([text, ratio]) => `${text}: ${ratio.toFixed(2)}`)
      """;

  private final Browser browser;
  private final String script;

  /** For the pages of this browser. */
  public Axe(Browser browser) throws IOException {
    this.browser = browser;
    try (InputStream in =
        Objects.requireNonNull(Axe.class.getResourceAsStream("/axe.min.js"), "axe.min.js")) {
      script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** It finds nothing on the page as it is now, in light and dark and in each of these widths. */
  public void findsNothing(String state, int height, int... widths) {
    for (String scheme : List.of("light", "dark")) {
      for (int width : widths) {
        browser.setColorScheme(scheme);
        browser.resize(width, height);
        String place = state + ", " + scheme + ", " + width;
        assertThat(violations()).as(place).isEmpty();
        assertThat(faintTextsOfDrawings()).as(place).isEmpty();
      }
    }
  }

  /** What it finds on the page as it is now: rule, element and what is wrong. */
  private List<?> violations() {
    browser.run(script);
    return (List<?>) Objects.requireNonNull(browser.runAsync(FIND));
  }

  /** Texts in drawings whose contrast is below 4.5. */
  private List<?> faintTextsOfDrawings() {
    return (List<?>) Objects.requireNonNull(browser.run(FIND_IN_DRAWINGS));
  }
}

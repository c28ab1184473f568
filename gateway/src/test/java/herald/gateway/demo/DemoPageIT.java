package herald.gateway.demo;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.scene.Demo;
import herald.gateway.testing.Browser;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;

/** The demo's page in a real browser: everything that somebody does there. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init") // browser is set before each test
final class DemoPageIT {
  private static @Nullable Browser opened;
  private static @Nullable Demo started;
  private Browser browser;

  @BeforeAll
  static void start() throws Exception {
    opened = Browser.open();
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Demo demo = new Demo(new PrintWriter(Writer.nullWriter()), anyPort, anyPort);
    started = demo;
    demo.play();
  }

  @AfterAll
  static void stop() throws Exception {
    if (opened != null) {
      opened.close();
    }
    if (started != null) {
      started.close();
    }
  }

  @BeforeEach
  void open() throws InterruptedException {
    Browser window = opened;
    Demo demo = started;
    if (window == null || demo == null) {
      throw new IllegalStateException("not started");
    }
    browser = window;
    browser.resize(1300, 1100);
    browser.go("http://127.0.0.1:" + demo.port() + "/");
    browser.await("the page is ready", "document.documentElement.dataset.ready");
    browser.await(
        "all are connected",
        "[...document.querySelectorAll('.state')].every(s => s.dataset.state === 'open')");
  }

  @AfterEach
  void nothingIsMissingAndNothingWentWrong() throws InterruptedException {
    browser.await(
        "nobody misses anything",
        "[...document.querySelectorAll('.ledger')].every(l => !l.classList.contains('missing'))");
    // A chat that is not there yet and a database that is away are answers, not faults of the page.
    assertThat(browser.errors()).allMatch(error -> error.contains("Failed to load resource"));
  }

  @Test
  void twoPeopleChatAndReact() throws InterruptedException {
    send("Cleo", "Ben", "Is the stage free?");
    awaitIn("Ben", "Cleo: Is the stage free?");
    awaitIn("Ben", "ms after the commit, on screen");

    browser
        .find("[data-person='Ben'] .log .theirs:last-of-type [aria-label='React with fire']")
        .click();
    awaitIn("Cleo", "Ben reacts");
    browser.await(
        "the reaction is drawn",
        "document.querySelector(\"[data-person='Cleo'] .log .body svg[aria-label='fire']\")");
    assertThat(String.valueOf(browser.run("return document.body.textContent")))
        .as("no emoji, which need a font")
        .doesNotContainPattern("[\\x{2600}-\\x{27BF}\\x{1F000}-\\x{1FAFF}]");

    send("Ben", "Cleo", "From eight o'clock");
    awaitIn("Cleo", "Ben: From eight o'clock");
    assertThat(textOf("Ada")).doesNotContain("stage free").doesNotContain("eight o'clock");
  }

  @Test
  void aBlastReachesFollowersAndNobodyElse() throws InterruptedException {
    send("Ada", "All followers (a blast)", "The song is out");

    awaitIn("Ben", "blast The song is out");
    awaitIn("Cleo", "blast The song is out");
    awaitIn("Ada", "got by Ben, Cleo; not by Dora");
    assertThat(textOf("Dora")).doesNotContain("The song is out");
  }

  @Test
  void whoIsCutOffComesBackToEverything() throws InterruptedException {
    browser.find("#heal").click();
    browser.await(
        "it is healed", "document.getElementById('status').textContent.includes('has everything')");
    for (int i = 1; i <= 10; i++) {
      awaitIn("Ben", i + " of 10, while Ben is away");
    }
    assertThat(textOf("Ben")).contains("connection lost").contains("back after");

    browser.find("[data-person='Ben'] .cut").click();
    send("Ada", "Ben", "right behind the cut");
    awaitIn("Ben", "right behind the cut");
  }

  @Test
  void aSlowClientGetsEverythingToo() throws InterruptedException {
    browser.find("[data-person='Ben'] .slow").click();
    browser.await(
        "it is shown", "document.querySelector(\"[data-person='Ben'] [data-state=slow]\")");
    choose("Ada", "Ben");
    browser.find("[data-person='Ada'] .many").click();
    awaitIn("Ada", "number 20 of 20");
    browser.find("[data-person='Ben'] .slow").click();
    awaitIn("Ben", "number 20 of 20");
    browser.await(
        "it is fast again", "document.querySelector(\"[data-person='Ben'] [data-state=open]\")");
  }

  @Test
  void whoIsMovedAndWhoseInstanceIsKilledLosesNothing() throws InterruptedException {
    String before = instanceOf("Ben");
    browser.find("[data-person='Ben'] .move").click();
    browser.await(
        "Ben is on the other instance",
        "document.querySelector(\"[data-person='Ben'] .state-text\").textContent !== arguments[0]"
            + " && document.querySelector(\"[data-person='Ben'] [data-state=open]\")",
        before);
    assertThat(instanceOf("Ben")).startsWith("instance ");

    String killed = instanceOf("Ben");
    String number = killed.substring(killed.length() - 1);
    choose("Ada", "Ben");
    browser.find("[data-person='Ada'] .many").click();
    browser.find("button[data-instance='" + number + "']").click();
    awaitStatus("which knew how far they had got: nothing missing.");
    awaitIn("Ben", "number 20 of 20");
    assertThat(instanceOf("Ben")).isEqualTo(before);
    browser.await(
        "the ledger has all 20",
        "document.querySelector(\"[data-person='Ben'] .count\").textContent === '20 of 20'");
    assertThat(laneState(number)).isEqualTo("killed");

    browser.find("button[data-instance='" + number + "']").click();
    awaitStatus("Instance " + number + " is back and knows");
    assertThat(laneState(number)).isEqualTo("ready");
  }

  @Test
  void eachOfTwoDevicesGetsWhatItHasNotHad() throws InterruptedException {
    browser.find("[data-person='Ben'] .second").click();
    awaitState("Ben 2", "open");
    browser.find("[data-person='Ben'] .away").click();
    awaitState("Ben", "away");
    send("Ada", "Ben", "while the first one is away");
    awaitIn("Ben 2", "while the first one is away");
    browser.find("[data-person='Ben 2'] .away").click();
    awaitState("Ben 2", "away");
    send("Ada", "Ben", "while both are away");
    browser.await("both miss it", "document.querySelectorAll('.ledger.missing').length === 2");

    browser.find("[data-person='Ben 2'] .away").click();
    awaitIn("Ben 2", "while both are away");
    browser.find("[data-person='Ben'] .away").click();
    awaitIn("Ben", "while the first one is away");
    awaitIn("Ben", "while both are away");
    browser.find("[data-person='Ben'] .second").click();
    browser.await("it is gone", "!document.querySelector(\"[data-person='Ben 2']\")");
  }

  @Test
  void aLostListenerAndARestartedDatabaseHeal() throws InterruptedException {
    browser.find("#kill-listener").click();
    send("Ada", "Ben", "behind the listener's back");
    awaitIn("Ben", "behind the listener's back");
    awaitStatus("Healed after");

    browser.find("#restart-database").click();
    browser.await(
        "the database is back",
        "document.getElementById('status').textContent.includes('The database is back')");
    send("Ada", "Ben", "after the restart");
    awaitIn("Ben", "after the restart");
    assertThat(textOf("Ben")).doesNotContain("connection lost");
  }

  @Test
  void somebodyJoinsWithAKeyOfTheBrowsersOwn() throws InterruptedException {
    browser.find("#add-name").sendKeys("Eva" + Keys.ENTER);
    browser.await(
        "Eva is connected",
        "document.querySelector('[data-person=Eva] .state')?.dataset.state === 'open'");
    send("Dora", "Eva", "Welcome, Eva");
    awaitIn("Eva", "Dora: Welcome, Eva");
  }

  @Test
  void itFitsAPhoneAndSaysWhatEverythingIs() {
    browser.resize(390, 900);
    assertThat(
            browser.run(
                "return document.documentElement.scrollWidth <="
                    + " document.documentElement.clientWidth"))
        .isEqualTo(true);
    Object nameless =
        browser.run(
            """
            const named = (e) => e.getAttribute('aria-label') || e.labels?.length && e.labels[0].textContent
              || e.textContent.trim()
            return [...document.querySelectorAll('button, input, select, [role=log], article, section')]
              .filter((e) => !named(e) && !e.getAttribute('aria-labelledby'))
              .map((e) => e.outerHTML)
            """);
    assertThat(nameless).isEqualTo(List.of());
  }

  private void awaitStatus(String text) throws InterruptedException {
    browser.await(
        "the page says '" + text + "'",
        "document.getElementById('status').textContent.includes(arguments[0])",
        text);
  }

  private void awaitState(String person, String state) throws InterruptedException {
    browser.await(
        person + " is " + state,
        "document.querySelector(`[data-person='${arguments[0]}'] .state`)?.dataset.state"
            + " === arguments[1]",
        person,
        state);
  }

  private String instanceOf(String person) {
    return browser.evaluate(
        "document.querySelector(\"[data-person='" + person + "'] .state-text\").textContent");
  }

  private String laneState(String number) {
    return browser.evaluate(
        "document.querySelector('[data-lane=\"%d\"] .lane-state').textContent"
            .formatted(Integer.parseInt(number) - 1));
  }

  private void choose(String from, String to) {
    browser.run(
        "const to = document.querySelector(`[data-person='${arguments[0]}'] .to`);"
            + "to.value = [...to.options].find(o => o.text === arguments[1]).value",
        from,
        to);
  }

  private void send(String from, String to, String text) {
    choose(from, to);
    browser.find("[data-person='" + from + "'] .text").sendKeys(text + Keys.ENTER);
  }

  private void awaitIn(String person, String text) throws InterruptedException {
    browser.await(
        person + " sees '" + text + "'",
        "document.querySelector(`[data-person='${arguments[0]}'] .log`).textContent"
            + ".includes(arguments[1])",
        person,
        text);
  }

  private String textOf(String person) {
    return String.valueOf(
        browser.run(
            "return document.querySelector(`[data-person='${arguments[0]}'] .log`).textContent",
            person));
  }
}

package herald.demo.page;

import herald.demo.platform.Community;
import herald.demo.platform.PlatformUser;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** Whom the page may speak for. Any thread. */
public final class People {
  private final Community community;
  private final List<Person> people = new CopyOnWriteArrayList<>();

  /**
   * Somebody of the demo.
   *
   * @param keyHex the private key if the demo has made it; empty if the browser has
   */
  public record Person(PlatformUser user, String name, String role, String keyHex) {}

  /**
   * @param community where accounts are made
   */
  public People(Community community) {
    this.community = community;
  }

  /** Makes an account; with the artist to follow, if there is one. */
  public Person add(String name, String role, String wallet, String keyHex) throws SQLException {
    String handle = name.toLowerCase(Locale.ROOT);
    Person person = new Person(community.createUser(handle, wallet), name, role, keyHex);
    people.add(person);
    return person;
  }

  /** Lets a person follow the first one, who is the artist. */
  public void followArtist(Person person) throws SQLException {
    community.follow(person.user(), people.get(0).user());
  }

  /** Everybody, the artist first. */
  List<Person> all() {
    return List.copyOf(people);
  }
}

package herald.gateway.stream;

/**
 * A set of numbers of 64 bits by open addressing, at most half full; 0 marks a free place. Not
 * thread-safe.
 */
final class KeySet {
  private long[] places = new long[1_024];
  private int size;

  boolean contains(long key) {
    return places[place(places, stored(key))] != 0;
  }

  void add(long key) {
    int place = place(places, stored(key));
    if (places[place] == 0) {
      places[place] = stored(key);
      size++;
      if (2 * size > places.length) {
        grow();
      }
    }
  }

  private void grow() {
    long[] larger = new long[2 * places.length];
    for (long key : places) {
      if (key != 0) {
        larger[place(larger, key)] = key;
      }
    }
    places = larger;
  }

  private static long stored(long key) {
    return key == 0 ? 1 : key;
  }

  private static int place(long[] places, long key) {
    int place = (int) (key ^ key >>> Integer.SIZE) & (places.length - 1);
    while (places[place] != 0 && places[place] != key) {
      place = (place + 1) & (places.length - 1);
    }
    return place;
  }

  int size() {
    return size;
  }
}

package io.gauntlet.defenses.limit;

/** What one client has left. Guarded by its own monitor; once retired, nobody may use it. */
final class ClientBudget {
  private final Buckets buckets;
  private long spent;
  private boolean retired;

  ClientBudget(Buckets buckets, long spent) {
    this.buckets = buckets;
    this.spent = spent;
  }

  Buckets buckets() {
    return buckets;
  }

  long spent() {
    return spent;
  }

  void spend(long rows) {
    spent += rows;
  }

  boolean isRetired() {
    return retired;
  }

  void retire() {
    retired = true;
  }
}

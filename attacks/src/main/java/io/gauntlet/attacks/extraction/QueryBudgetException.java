package io.gauntlet.attacks.extraction;

/**
 * More was asked than the query budget has left; nothing of it was answered or counted. An attack
 * that minds {@link Oracle#remaining} meets it only where a busy server's retries have used up what
 * it was counting on.
 */
public final class QueryBudgetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  QueryBudgetException(long asked, long remaining) {
    super("the query budget has %s left, but %s were asked".formatted(remaining, asked));
  }
}

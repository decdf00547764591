package io.gauntlet.attacks.extraction;

/**
 * More was asked than the query budget has left; nothing of it was answered or counted. An attack
 * that lets it pass has not minded {@link Oracle#remaining}.
 */
public final class QueryBudgetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  QueryBudgetException(long asked, long remaining) {
    super("the query budget has %s left, but %s were asked".formatted(remaining, asked));
  }
}

package io.gauntlet.examples.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ApiKeysTest {
  private static final String KEY = "0123456789abcdef";
  private final ApiKeys keys = ApiKeys.none().with("alice", KEY);

  @Test
  void a_key_is_its_client_s_and_no_other_is() {
    ApiKeys more = keys.with("bob", "fedcba9876543210").with("alice", "another-0123456789");
    assertThat(more.clientOf(KEY)).contains("alice");
    assertThat(more.clientOf("another-0123456789")).contains("alice");
    assertThat(more.clientOf("fedcba9876543210")).contains("bob");
    assertThat(more.clientOf("0123456789abcdeF")).isEmpty();
    assertThat(more.clientOf("")).isEmpty();
    assertThat(ApiKeys.none().clientOf(KEY)).isEmpty();
  }

  @Test
  void no_message_holds_a_key() {
    assertThat(keys).hasToString("1 keys");
    assertThatThrownBy(() -> keys.with("bob", KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a key must be one client's, but that of bob is there already");
    assertThatThrownBy(() -> keys.with("bob", "guessable"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("number of characters of the key of bob must be at least 16, but was 9");
  }

  @Test
  void a_name_cannot_break_a_log_line() {
    assertThatThrownBy(() -> keys.with("bob\n{}", "fedcba9876543210"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a client's name must be 1 to 64 of letters");
  }
}

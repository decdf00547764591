package io.gauntlet.nd4j;

import io.gauntlet.model.ModelException;
import io.gauntlet.model.SelfCheck;
import java.util.Optional;
import java.util.function.Supplier;

/** Lets a network become a model once it has passed its self-check. */
final class Trust {
  private Trust() {}

  /**
   * The model of {@code network}.
   *
   * @throws ModelException if there are fewer than two classes, or with the fault and the first
   *     layer or operation that has it
   */
  static Driver in(Network network, Nd4jOptions options) {
    Driver driver = checked(network, options);
    Refusal.check(
        driver.classes() >= 2,
        "a network must tell at least 2 classes apart, but answers an input with %s score"
            .formatted(driver.classes()));
    return driver;
  }

  private static Driver checked(Network network, Nd4jOptions options) {
    if (options.selfCheck().isEmpty()) {
      return new Driver(network, options);
    }
    SelfCheck check = options.selfCheck().get();
    Optional<SelfCheck.Fault> fault;
    try {
      Driver driver = new Driver(network, options);
      fault = check.examine(driver);
      if (fault.isEmpty()) {
        return driver;
      }
    } catch (ModelException e) {
      throw new ModelException(e.getMessage() + blame(check, network, options), e);
    }
    throw new ModelException(
        "the network does not pass its self-check: "
            + fault.get().message()
            + blame(check, network, options));
  }

  private static String blame(SelfCheck check, Network network, Nd4jOptions options) {
    return network
        .prefixes()
        .filter(prefix -> fails(check, prefix.network(), options))
        .findFirst()
        .map(prefix -> "; it goes wrong first in " + prefix.end())
        .orElse("");
  }

  private static boolean fails(SelfCheck check, Supplier<Network> beginning, Nd4jOptions options) {
    try {
      return check.examine(new Driver(new Flattened(beginning.get()), options)).isPresent();
    } catch (RuntimeException e) { // ND4J has thrown something
      return true;
    }
  }
}

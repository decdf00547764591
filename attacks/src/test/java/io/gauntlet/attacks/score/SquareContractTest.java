package io.gauntlet.attacks.score;

import io.gauntlet.attack.Attack;
import io.gauntlet.junit.AttackContract;
import io.gauntlet.model.Model;

class SquareContractTest extends AttackContract {
  @Override
  protected Attack<Model> attack() {
    return Square.standard().withQueries(30).withHorizon(60).withRestarts(2);
  }
}

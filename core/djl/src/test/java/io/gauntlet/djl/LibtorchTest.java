package io.gauntlet.djl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.util.Utils;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the rest takes for granted of DJL's inside; fails where an upgrade changes it. */
class LibtorchTest {
  private final NDManager manager = Libtorch.newManager(Device.cpu());
  private final boolean recorded = Libtorch.record(true);

  @AfterEach
  void close() {
    Libtorch.record(recorded);
    manager.close();
  }

  private NDArray array(float... values) {
    return Libtorch.array(manager, FloatBuffer.wrap(values), new Shape(values.length));
  }

  @Test
  void is_the_version_whose_recipe_this_is() {
    assertThat(Engine.getEngine("PyTorch").getVersion()).isEqualTo("2.7.1");
  }

  @Test
  void downloads_nothing_and_calls_nobody() {
    assertThat(Utils.isOfflineMode()).isTrue();
    assertThat(Utils.getEnvOrSystemProperty("OPT_OUT_TRACKING")).isEqualTo("true");
  }

  @Test
  void values_survive_the_way_there_and_back() {
    float[] values = {1.5f, -0f, Float.MIN_VALUE, Float.NaN, Float.NEGATIVE_INFINITY, 3e38f};
    assertThat(Libtorch.floats(array(values))).isEqualTo(values);
    assertThat(Libtorch.floats(array(1, 2, 3, 4, 5, 6).reshape(2, 3).transpose()))
        .containsExactly(1, 4, 2, 5, 3, 6);
  }

  @Test
  void gradients_add_up_on_a_leaf_until_they_are_zeroed() {
    NDArray x = array(1, 2, 3);
    x.setRequiresGradient(true);
    NDArray y = x.mul(x);
    Libtorch.backward(y, array(1, 10, 100), true);
    assertThat(x.getGradient().toFloatArray()).containsExactly(2, 40, 600);
    Libtorch.backward(y, array(1, 0, 0), true);
    assertThat(x.getGradient().toFloatArray()).containsExactly(4, 40, 600);
    Libtorch.zeroGradient(x);
    Libtorch.backward(y, array(0, 1, 0), false);
    assertThat(x.getGradient().toFloatArray()).containsExactly(0, 4, 0);
  }

  @Test
  void a_graph_is_recorded_only_where_the_thread_says_so() throws InterruptedException {
    NDArray x = array(1);
    x.setRequiresGradient(true);
    assertThat(canGoBack(x)).isTrue();
    assertThat(Libtorch.record(false)).isTrue();
    assertThat(canGoBack(x)).isFalse();
    AtomicReference<Boolean> elsewhere = new AtomicReference<>();
    Thread other = new Thread(() -> elsewhere.set(Libtorch.record(true)));
    other.start();
    other.join();
    assertThat(elsewhere.get()).as("a new thread starts recording").isTrue();
    assertThat(canGoBack(x)).isFalse();
  }

  private boolean canGoBack(NDArray x) {
    try {
      Libtorch.backward(x.mul(x), array(1), false);
      return true;
    } catch (EngineException e) {
      assertThat(e).hasMessageContaining("does not require grad");
      return false;
    }
  }

  @Test
  void a_module_is_loaded_in_evaluation_mode_and_keeps_the_mode_it_is_given() {
    Block module = Libtorch.load(manager, Fixtures.file("scripted.pt"));
    NDArray x = array(new float[64]).reshape(1, 1, 8, 8);
    float[] scores = Libtorch.floats(Libtorch.forward(module, x).get(0));
    assertThat(Libtorch.floats(Libtorch.forward(module, x).get(0))).isEqualTo(scores);
    Libtorch.setTraining(module, true);
    assertThat(Libtorch.floats(Libtorch.forward(module, x).get(0))).isNotEqualTo(scores);
    Libtorch.setTraining(module, false);
    Libtorch.setTraining(module, false);
    module = Libtorch.load(manager, Fixtures.file("scripted.pt"));
    assertThat(Libtorch.floats(Libtorch.forward(module, x).get(0))).isEqualTo(scores);
  }

  @Test
  void a_module_can_be_differentiated() {
    Block module = Libtorch.load(manager, Fixtures.file("traced.pt"));
    NDArray x = array(new float[64]).reshape(1, 1, 8, 8).stopGradient().duplicate();
    x.setRequiresGradient(true);
    NDArray scores = Libtorch.forward(module, x).get(0);
    Libtorch.backward(scores, array(1, 0, 0).reshape(1, 3), false);
    assertThat(x.getGradient().toFloatArray()).isNotEqualTo(new float[64]);
  }

  @Test
  void a_seed_repeats_what_libtorch_draws() {
    Libtorch.seed(3);
    float[] first = manager.randomNormal(new Shape(5)).toFloatArray();
    Libtorch.seed(3);
    assertThat(manager.randomNormal(new Shape(5)).toFloatArray()).isEqualTo(first);
  }
}

package io.gauntlet.examples.serving;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gauntlet.model.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the protocol allows; what it does not is in HostileClientsTest. */
class InferenceReaderTest {
  private static final Shape SHAPE = Shape.of(1, 3);

  private static InferenceRequest read(String json) throws Refusal {
    return InferenceReader.read(json.getBytes(UTF_8), SHAPE, 8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[0.1,2,-3e1,4,5,6]",
        "[[[0.1,2,-3e1]],[[4,5,6]]]",
        "[ 0.1, 2.0, -30, 4e0, 0.5E1, 6 ]"
      })
  void data_may_be_flat_or_nested(String data) throws Refusal {
    InferenceRequest request =
        read(
            "{\"inputs\":[{\"name\":\"features\",\"shape\":[2,1,3],\"datatype\":\"FP32\",\"data\":"
                + data
                + "}]}");
    assertThat(request.inputs().row(0)).containsExactly(.1f, 2, -30);
    assertThat(request.inputs().row(1)).containsExactly(4, 5, 6);
    assertThat(request.id()).isEmpty();
    assertThat(request.outputs()).containsExactlyInAnyOrder(Output.values());
  }

  @Test
  void members_may_come_in_any_order_and_parameters_are_passed_over() throws Refusal {
    InferenceRequest request =
        read(
            """
            {"outputs":[{"parameters":{"binary_data":false},"name":"logits"}],
             "parameters":{"a":[1,{"b":null}]},
             "inputs":[{"data":[1,2,3],"parameters":{},"datatype":"FP64","shape":[1,1,3],
                        "name":"features"}],
             "id":"42"}""");
    assertThat(request.inputs().row(0)).containsExactly(1, 2, 3);
    assertThat(request.id()).contains("42");
    assertThat(request.outputs()).containsExactly(Output.LOGITS);
  }

  @Test
  void every_float_survives_its_shortest_decimal_form() throws Refusal {
    float[] values = {Float.MIN_VALUE, 0.1f + 0.2f, Float.MAX_VALUE};
    InferenceRequest request =
        read(
            "{\"inputs\":[{\"name\":\"features\",\"shape\":[1,1,3],\"datatype\":\"FP32\",\"data\":[%s,%s,%s]}]}"
                .formatted(values[0], values[1], values[2]));
    assertThat(request.inputs().row(0)).containsExactly(values);
  }
}
